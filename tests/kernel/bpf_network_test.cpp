// The kinds of the network on the running kernel: what is attached runs for real packets, and is gone after the link.

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "bpf/fixture.hpp"
#include "bpf/kernel.hpp"
#include "bpf/places.hpp"

namespace wasm_bpf::bpf::test {
namespace {

constexpr std::uint16_t test_port = 7777;
enum Counter {
    first,
    second,
    netfilter,
    lookup,
    choose,
    verdict,
    route,
    connected,
    egress,
    getsockopt,
    xdp_one,
    xdp_two
};

sockaddr_in local(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

template <typename T>
std::span<const std::byte> bytes_of(const T& value) {
    return std::as_bytes(std::span(&value, 1));
}

Fd socket_at(int type, std::uint16_t port, bool reuse = false) {
    const sockaddr_in address = local(port);
    auto opened = open_socket({.family = AF_INET,
                               .type = type,
                               .reuse_port = reuse,
                               .listen = type == SOCK_STREAM,
                               .address = bytes_of(address)});
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? std::move(*opened) : Fd();
}

bool send_to(std::uint16_t port, int from = -1) {
    const Fd own(from < 0 ? ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1);
    const sockaddr_in address = local(port);
    const char byte = 'x';
    return ::sendto(from < 0 ? own.get() : from, &byte, 1, 0, reinterpret_cast<const sockaddr*>(&address),
                    sizeof(address)) == 1;
}

bool receives(const Fd& socket, int milliseconds = 5000) {
    pollfd waiting{socket.get(), POLLIN, 0};
    char byte;
    return ::poll(&waiting, 1, milliseconds) == 1 && ::recv(socket.get(), &byte, 1, 0) == 1;
}

struct Globals {
    std::uint64_t runs[16];
    std::uint64_t order;
    std::uint32_t chosen;
    std::uint32_t unused;
};

class BpfNetwork : public ::testing::Test {
protected:
    void SetUp() override { object_ = load_object("network"); }
    Program& program(std::string_view name) { return *object_->find_program(name); }
    Globals globals() {
        Globals values{};
        const std::uint32_t key = 0;
        EXPECT_EQ(object_->find_map(".bss")->lookup(&key, &values, 0), 0);
        return values;
    }
    std::uint64_t runs(Counter counter) { return globals().runs[counter]; }
    void set(const Globals& values) {
        const std::uint32_t key = 0;
        ASSERT_EQ(object_->find_map(".bss")->update(&key, &values, 0), 0);
    }
    Result<Link> attach(std::string_view name, AttachTarget target) { return program(name).attach(target); }
    int links(std::string_view name) { return count_links(program_id(program(name))); }
    std::unique_ptr<Object> object_;
};

AttachTarget on_loopback(AttachKind kind) {
    AttachTarget target;
    target.kind = kind;
    target.interface_index = 1;
    return target;
}

#define ASSERT_ATTACHED(link) ASSERT_TRUE(link) << (link).error().message

void with_loopback(const std::function<void()>& body) {
    in_new_network([&] {
        bring_up_loopback();
        body();
    });
}

TEST_F(BpfNetwork, TcxRunsInTheOrderThatWasAskedFor) {
    with_loopback([&] {
        const Fd receiver = socket_at(SOCK_DGRAM, test_port);
        const auto one = attach("first", on_loopback(AttachKind::interface_tcx));
        ASSERT_ATTACHED(one);
        for (const bool before : {false, true}) {
            set({});
            AttachTarget target = on_loopback(AttachKind::interface_tcx);
            target.flags = before ? BPF_F_BEFORE : BPF_F_AFTER | BPF_F_LINK;
            target.relative_fd = before ? program("first").fd() : one->fd();
            const auto other = attach("second", target);
            ASSERT_ATTACHED(other);
            ASSERT_TRUE(send_to(test_port) && receives(receiver));
            EXPECT_EQ(globals().order, before ? 21U : 12U);
        }
        AttachTarget stale = on_loopback(AttachKind::interface_tcx);
        stale.expected_revision = 1;
        EXPECT_EQ(attach("second", stale).error().errno_code, ESTALE);
    });
    EXPECT_EQ(links("first"), 0);
    EXPECT_EQ(links("second"), 0);
}

TEST_F(BpfNetwork, AnUpdateUnderTrafficMissesNoPacket) {
    with_loopback([&] {
        const Fd receiver = socket_at(SOCK_DGRAM, test_port);
        for (const bool xdp : {false, true}) {
            SCOPED_TRACE(xdp ? "xdp" : "tcx");
            set({});
            const std::string names[] = {xdp ? "xdp_one" : "first", xdp ? "xdp_two" : "second"};
            auto link = attach(names[0], on_loopback(xdp ? AttachKind::interface_xdp : AttachKind::interface_tcx));
            ASSERT_ATTACHED(link);
            std::atomic<bool> enough = false;
            std::atomic<std::uint64_t> sent = 0;
            // Of this network namespace, as its maker's threads are.
            std::thread traffic([&] {
                const Fd sender(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
                while (!enough) sent += send_to(test_port, sender.get()) ? 1 : 0;
            });
            for (int i = 0; i < 200; i++) {
                const std::uint64_t before = sent;
                EXPECT_TRUE(link->update_program(program(names[(i + 1) % 2]).fd()));
                while (sent == before) std::this_thread::yield();
            }
            enough = true;
            traffic.join();
            const std::uint64_t one = runs(xdp ? xdp_one : first), two = runs(xdp ? xdp_two : second);
            EXPECT_GT(one, 0U);
            EXPECT_GT(two, 0U);
            EXPECT_EQ(one + two, sent);
        }
    });
}

TEST_F(BpfNetwork, XdpTakesItsFlags) {
    with_loopback([&] {
        AttachTarget target = on_loopback(AttachKind::interface_xdp);
        target.flags = 1U << 1;  // XDP_FLAGS_SKB_MODE
        {
            const auto link = attach("xdp_one", target);
            ASSERT_ATTACHED(link);
            bpf_xdp_query_opts query{};
            query.sz = sizeof(query);
            ASSERT_EQ(bpf_xdp_query(1, 0, &query), 0);
            EXPECT_EQ(query.attach_mode, 2) << "XDP_ATTACHED_SKB";
            EXPECT_EQ(query.skb_prog_id, program_id(program("xdp_one")));
        }
        target.flags = 1U << 2;  // XDP_FLAGS_DRV_MODE, which loopback has not
        EXPECT_EQ(attach("xdp_one", target).error().errno_code, EOPNOTSUPP);
    });
}

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

// Whether the kernel's list of routes has one.
bool has_route(const char* table, std::string_view text) {
    std::ifstream file(std::string("/proc/thread-self/net/") + table);
    const std::string all(std::istreambuf_iterator<char>(file), {});
    return all.find(text) != all.npos;
}

TEST_F(BpfNetwork, ARouteRunsItsProgramAndGoesWithIt) {
    with_loopback([&] {
        AttachTarget target = on_loopback(AttachKind::route);
        target.name = "10.1.2.0/24";
        const auto send = [] {
            const Fd sender(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
            sockaddr_in address = local(test_port);
            ::inet_pton(AF_INET, "10.1.2.3", &address.sin_addr);
            ::sendto(sender.get(), "x", 1, 0, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
        };
        {
            const auto link = attach("route_out", target);
            if (!link && link.error().errno_code == EOPNOTSUPP) {
                EXPECT_NE(link.error().message.find("CONFIG_LWTUNNEL_BPF"), std::string::npos) << link.error().message;
                GTEST_SKIP() << link.error().message;
            }
            ASSERT_ATTACHED(link);
            EXPECT_TRUE(has_route("route", "0002010A"));
            send();
            EXPECT_EQ(runs(route), 1U);
            EXPECT_EQ(attach("route_out", target).error().errno_code, EEXIST);
        }
        EXPECT_FALSE(has_route("route", "0002010A"));
        send();
        EXPECT_EQ(runs(route), 1U);
    });
}

TEST_F(BpfNetwork, ASegmentsRouteIsOfIpv6) {
    with_loopback([&] {
        AttachTarget target = on_loopback(AttachKind::route);
        target.name = "fd00:1::/64";
        {
            const auto link = attach("segment", target);
            if (!link && link.error().errno_code == EOPNOTSUPP) {
                EXPECT_NE(link.error().message.find("CONFIG_IPV6_SEG6_BPF"), std::string::npos) << link.error().message;
                GTEST_SKIP() << link.error().message;
            }
            ASSERT_ATTACHED(link);
            EXPECT_TRUE(has_route("ipv6_route", "fd000001"));
        }
        EXPECT_FALSE(has_route("ipv6_route", "fd000001"));
    });
}

TEST_F(BpfNetwork, AMalformedRouteIsAnError) {
    for (const char* name : {"", "nonsense", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/8x", "10.0.0.0/-1", "fd00::/129"}) {
        AttachTarget target = on_loopback(AttachKind::route);
        target.name = name;
        EXPECT_EQ(attach("route_out", target).error().errno_code, EINVAL) << name;
    }
    AttachTarget target = on_loopback(AttachKind::route);
    target.name = "10.0.0.0/8";
    target.path = "fd00::1";
    EXPECT_EQ(attach("route_out", target).error().errno_code, EINVAL);
    EXPECT_EQ(attach("first", target).error().errno_code, EINVAL) << "a program of another type";
}

// Moves the calling process into the cgroup for as long as it lives.
class Inside {
public:
    explicit Inside(const std::string& cgroup) {
        std::ifstream own("/proc/self/cgroup");
        for (std::string line; std::getline(own, line);)
            if (line.starts_with("0::")) before_ = line.substr(3);
        root_ = cgroup.substr(0, cgroup.rfind('/'));
        move_to(cgroup);
    }
    ~Inside() { move_to(root_ + before_); }

private:
    static void move_to(const std::string& cgroup) { std::ofstream(cgroup + "/cgroup.procs") << ::getpid(); }
    std::string before_, root_;
};

TEST_F(BpfNetwork, CgroupProgramsSeeWhatTheirProcessesDo) {
    const Cgroup cgroup;
    AttachTarget target;
    target.kind = AttachKind::cgroup;
    target.path = cgroup.path();
    const auto egress_link = attach("egress", target);
    ASSERT_ATTACHED(egress_link);
    const auto connect_link = attach("connect4", target);
    ASSERT_ATTACHED(connect_link);
    const auto option_link = attach("getsockopt", target);
    ASSERT_ATTACHED(option_link);
    struct stat folder{};
    ASSERT_EQ(::stat(cgroup.path().c_str(), &folder), 0);
    EXPECT_EQ(egress_link->info()->target_id, folder.st_ino);
    EXPECT_EQ(egress_link->info()->attach_type, BPF_CGROUP_INET_EGRESS);
    const Inside inside(cgroup.path());
    with_loopback([&] {
        const Fd receiver = socket_at(SOCK_DGRAM, test_port);
        const Fd sender(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        ASSERT_TRUE(send_to(test_port, sender.get()) && receives(receiver));
        EXPECT_EQ(runs(egress), 1U);
        const sockaddr_in address = local(test_port);
        EXPECT_EQ(::connect(sender.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), -1);
        EXPECT_EQ(errno, EPERM);
        EXPECT_EQ(runs(connected), 1U);
        int priority = 0;
        socklen_t size = sizeof(priority);
        EXPECT_EQ(::getsockopt(sender.get(), SOL_SOCKET, SO_PRIORITY, &priority, &size), 0);
        EXPECT_EQ(priority, 42);
    });
}

TEST_F(BpfNetwork, CgroupProgramsHaveAnOrderOrTheErrorNamesTheKernel) {
    const Cgroup cgroup;
    AttachTarget target;
    target.kind = AttachKind::cgroup;
    target.path = cgroup.path();
    const auto one = attach("egress_in_order", target);
    ASSERT_ATTACHED(one);
    target.flags = BPF_F_BEFORE | BPF_F_LINK;
    target.relative_fd = one->fd();
    const auto two = attach("egress_in_order_too", target);
    if (!two) {
        EXPECT_NE(two.error().message.find("it came with Linux 6.17"), std::string::npos) << two.error().message;
        GTEST_SKIP() << two.error().message;
    }
    const Inside inside(cgroup.path());
    with_loopback([&] {
        const Fd receiver = socket_at(SOCK_DGRAM, test_port);
        ASSERT_TRUE(send_to(test_port) && receives(receiver));
        EXPECT_EQ(globals().order, 21U);
    });
}

TEST_F(BpfNetwork, DetachEndsTheAttachmentAndLeavesItsName) {
    with_loopback([&] {
        auto link = attach("first", on_loopback(AttachKind::interface_tcx));
        ASSERT_ATTACHED(link);
        EXPECT_EQ(link->info()->interface_index, 1);
        EXPECT_EQ(link->info()->attach_type, BPF_TCX_INGRESS);
        ASSERT_TRUE(link->detach());
        EXPECT_EQ(link->info()->interface_index, 0);
        EXPECT_EQ(link->info()->program_id, program_id(program("first")));
        const Fd receiver = socket_at(SOCK_DGRAM, test_port);
        ASSERT_TRUE(send_to(test_port) && receives(receiver));
        EXPECT_EQ(runs(first), 0U);
    });
}

TEST_F(BpfNetwork, ALegacyFiltersProgramIsReplaced) {
    with_loopback([&] {
        AttachTarget target = on_loopback(AttachKind::interface_tc);
        target.flags = BPF_TC_INGRESS;
        target.handle = 1;
        target.priority = 7;
        auto link = attach("first", target);
        ASSERT_ATTACHED(link);
        const Fd receiver = socket_at(SOCK_DGRAM, test_port);
        const auto updated = link->update_program(program("second").fd());
        ASSERT_TRUE(updated) << updated.error().message;
        ASSERT_TRUE(send_to(test_port) && receives(receiver));
        EXPECT_EQ(runs(first), 0U);
        EXPECT_EQ(runs(second), 1U);
    });
}

TEST_F(BpfNetwork, AnInterfaceOfAnotherKindTakesNoNetkitProgram) {
    with_loopback([&] {
        const auto link = attach("first", on_loopback(AttachKind::interface_netkit));
        ASSERT_FALSE(link);
        // A kernel without netkit says EINVAL, whose text is ours.
        EXPECT_EQ(link.error().errno_code == EINVAL,
                  link.error().message.find("it came with Linux 6.7") != std::string::npos)
            << link.error().message;
    });
}

TEST_F(BpfNetwork, OnlyAnInfraredDeviceTakesItsPrograms) {
    AttachTarget target;
    target.kind = AttachKind::lirc;
    target.path = "/dev/null";
    EXPECT_EQ(attach("first", target).error().errno_code, EINVAL);
    target.path = "/dev/lirc-no-such";
    EXPECT_EQ(attach("first", target).error().errno_code, ENOENT);
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
