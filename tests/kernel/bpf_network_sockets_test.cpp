// Programs of sockets and of network namespaces: what is attached runs for real packets, and is gone after the link.

#include <fcntl.h>
#include <sys/stat.h>

#include "bpf/network.hpp"

namespace wasm_bpf::bpf::test {
namespace {

TEST(BpfNetfilter, DropsUntilItsLinkEnds) {
    auto object = open_object("netfilter");
    if (const auto loaded = object->load(); !loaded) {
        EXPECT_NE(loaded.error().message.find("this kernel has no BPF_PROG_TYPE_NETFILTER"), std::string::npos)
            << loaded.error().message;
        return;
    }
    with_loopback([&] {
        const Fd receiver = socket_at(SOCK_DGRAM, test_port);
        {
            AttachTarget target;
            target.kind = AttachKind::netfilter;
            target.protocol_family = 2;  // NFPROTO_IPV4
            target.hook = 1;             // NF_INET_LOCAL_IN
            target.priority = static_cast<std::uint32_t>(-128);
            const auto link = object->find_program("drop")->attach(target);
            ASSERT_ATTACHED(link);
            const auto info = link->info();
            ASSERT_TRUE(info);
            EXPECT_EQ(info->type, BPF_LINK_TYPE_NETFILTER);
            EXPECT_EQ(info->protocol_family, 2U);
            EXPECT_EQ(info->hook, 1U);
            EXPECT_EQ(info->priority, -128);
            ASSERT_TRUE(send_to(test_port));
            std::uint64_t dropped = 0;
            const std::uint32_t key = 0;
            EXPECT_EQ(object->find_map(".bss")->lookup(&key, &dropped, 0), 0);
            EXPECT_EQ(dropped, 1U);
        }
        ASSERT_TRUE(send_to(test_port));
        EXPECT_TRUE(receives(receiver));
        EXPECT_FALSE(receives(receiver, 0)) << "the dropped one came";
    });
}

TEST_F(BpfNetwork, LookupSendsAPortToASocketOfAnother) {
    with_loopback([&] {
        const Fd receiver = socket_at(SOCK_DGRAM, 0);
        const std::uint32_t key = 0;
        const std::uint64_t fd = static_cast<std::uint64_t>(receiver.get());
        ASSERT_EQ(object_->find_map("sockets")->update(&key, &fd, 0), 0);
        struct stat own{};
        ASSERT_EQ(::stat("/proc/thread-self/ns/net", &own), 0);
        {
            AttachTarget target;
            target.kind = AttachKind::network_namespace;
            const auto link = attach("lookup", target);
            ASSERT_ATTACHED(link);
            EXPECT_EQ(link->info()->type, BPF_LINK_TYPE_NETNS);
            EXPECT_EQ(link->info()->target_id, own.st_ino);
            ASSERT_TRUE(send_to(test_port));
            EXPECT_TRUE(receives(receiver));
            EXPECT_EQ(runs(lookup), 1U);
        }
        send_to(test_port);
        EXPECT_EQ(runs(lookup), 1U) << "still attached";
    });
}

TEST_F(BpfNetwork, ANamespaceIsOpenedByItsPathAlone) {
    with_loopback([&] {
        auto opened = open_network_namespace("/proc/thread-self/ns/net");
        ASSERT_TRUE(opened) << opened.error().message;
        AttachTarget target;
        target.kind = AttachKind::network_namespace;
        target.fd = opened->get();
        ASSERT_ATTACHED(attach("lookup", target));
        EXPECT_EQ(open_network_namespace("/proc/self/ns/mnt").error().errno_code, EINVAL);
        EXPECT_EQ(open_network_namespace("/dev/null").error().errno_code, EINVAL);
        EXPECT_EQ(open_network_namespace("/run/netns/no-such").error().errno_code, ENOENT);
    });
}

TEST_F(BpfNetwork, AReuseportGroupIsSentWhereTheProgramSays) {
    with_loopback([&] {
        const Fd members[] = {socket_at(SOCK_DGRAM, test_port, true), socket_at(SOCK_DGRAM, test_port, true)};
        for (std::uint32_t i = 0; i < 2; i++) {
            const std::uint64_t fd = static_cast<std::uint64_t>(members[i].get());
            ASSERT_EQ(object_->find_map("group")->update(&i, &fd, 0), 0);
        }
        {
            AttachTarget target;
            target.kind = AttachKind::socket;
            target.fd = members[0].get();
            const auto link = attach("choose", target);
            ASSERT_ATTACHED(link);
            for (const std::uint32_t chosen : {0U, 1U, 0U}) {
                Globals values{};
                values.chosen = chosen;
                set(values);
                ASSERT_TRUE(send_to(test_port));
                EXPECT_TRUE(receives(members[chosen]));
                EXPECT_EQ(runs(choose), 1U);
            }
        }
        ASSERT_TRUE(send_to(test_port));
        EXPECT_EQ(runs(choose), 1U) << "still attached";
    });
}

TEST_F(BpfNetwork, ASockmapsVerdictSeesItsSockets) {
    with_loopback([&] {
        const Fd listener = socket_at(SOCK_STREAM, test_port);
        const Fd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const sockaddr_in address = local(test_port);
        ASSERT_EQ(::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
        const Fd server(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        ASSERT_TRUE(server.valid());
        const std::uint32_t key = 0;
        const std::uint64_t fd = static_cast<std::uint64_t>(server.get());
        {
            AttachTarget target;
            target.kind = AttachKind::sockmap;
            target.map_fd = object_->find_map("sockets")->fd();
            const auto link = attach("verdict", target);
            ASSERT_ATTACHED(link);
            if (link->fd() >= 0) {
                EXPECT_EQ(link->info()->type, BPF_LINK_TYPE_SOCKMAP);
                EXPECT_EQ(link->info()->attach_type, BPF_SK_SKB_STREAM_VERDICT);
                EXPECT_EQ(attach("verdict", target).error().errno_code, EBUSY);
            }
            ASSERT_EQ(object_->find_map("sockets")->update(&key, &fd, 0), 0);
            ASSERT_EQ(::send(client.get(), "x", 1, 0), 1);
            EXPECT_TRUE(receives(server));
            EXPECT_EQ(runs(verdict), 1U);
            ASSERT_EQ(object_->find_map("sockets")->remove(&key, 0), 0);
        }
        EXPECT_EQ(links("verdict"), 0);
        ASSERT_EQ(object_->find_map("sockets")->update(&key, &fd, 0), 0) << "a socket without a program";
    });
}

TEST(BpfSocket, IsWhatItsOptionsSay) {
    with_loopback([] {
        const sockaddr_in address = local(test_port);
        const Fd listener = socket_at(SOCK_STREAM, test_port);
        int listens = 0;
        socklen_t size = sizeof(listens);
        ASSERT_EQ(::getsockopt(listener.get(), SOL_SOCKET, SO_ACCEPTCONN, &listens, &size), 0);
        EXPECT_EQ(listens, 1);
        EXPECT_NE(::fcntl(listener.get(), F_GETFL) & O_NONBLOCK, 0);
        EXPECT_NE(::fcntl(listener.get(), F_GETFD) & FD_CLOEXEC, 0);
        EXPECT_EQ(open_socket({.family = AF_INET, .type = SOCK_STREAM, .listen = true, .address = bytes_of(address)})
                      .error()
                      .errno_code,
                  EADDRINUSE);
        const auto packet =
            open_socket({.family = AF_PACKET, .type = SOCK_RAW, .protocol = 0x0300, .interface_index = 1});
        ASSERT_TRUE(packet) << packet.error().message;
        sockaddr_in6 six{};
        six.sin6_family = AF_INET6;
        six.sin6_addr = in6addr_loopback;
        EXPECT_TRUE(open_socket({.family = AF_INET6, .type = SOCK_DGRAM, .address = bytes_of(six)}));
    });
}

TEST(BpfSocket, RefusesWhatItCannotBe) {
    const sockaddr_in address = local(0);
    sockaddr_in other = address;
    other.sin_family = AF_INET6;
    const struct {
        SocketOptions options;
        int code;
    } refused[] = {
        {{.family = AF_UNIX, .type = SOCK_STREAM}, EAFNOSUPPORT},
        {{.family = AF_NETLINK, .type = SOCK_RAW}, EAFNOSUPPORT},
        {{.family = AF_INET, .type = SOCK_RAW, .protocol = IPPROTO_ICMP}, EAFNOSUPPORT},
        {{.family = AF_INET, .type = SOCK_STREAM | SOCK_NONBLOCK}, EAFNOSUPPORT},
        {{.family = AF_INET, .type = SOCK_STREAM, .protocol = IPPROTO_UDP}, EINVAL},
        {{.family = AF_INET, .type = SOCK_DGRAM, .listen = true}, EINVAL},
        {{.family = AF_INET, .type = SOCK_DGRAM, .interface_index = 1}, EINVAL},
        {{.family = AF_INET, .type = SOCK_DGRAM, .address = bytes_of(address).first(8)}, EINVAL},
        {{.family = AF_INET, .type = SOCK_DGRAM, .address = bytes_of(other)}, EINVAL},
        {{.family = AF_INET6, .type = SOCK_DGRAM, .address = bytes_of(address)}, EINVAL},
        {{.family = AF_PACKET, .type = SOCK_RAW, .address = bytes_of(address)}, EINVAL},
        {{.family = AF_PACKET, .type = SOCK_RAW, .interface_index = -1}, EINVAL},
        {{.family = AF_PACKET, .type = SOCK_RAW, .interface_index = 4711}, ENODEV},
    };
    for (const auto& row : refused) {
        const auto socket = open_socket(row.options);
        ASSERT_FALSE(socket) << row.options.family << " " << row.options.type;
        EXPECT_EQ(socket.error().errno_code, row.code) << socket.error().message;
    }
}

}  // namespace
}  // namespace wasm_bpf::bpf::test
