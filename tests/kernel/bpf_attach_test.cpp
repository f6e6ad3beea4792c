// Attaching and detaching on the running kernel, in network namespaces and cgroups of the tests' own.

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "bpf/fixture.hpp"
#include "bpf/kernel.hpp"
#include "bpf/places.hpp"

// What the uprobes are attached to.
extern "C" __attribute__((noinline)) int wasm_bpf_test_probed(int value) {
    asm volatile("" : "+r"(value));
    return value;
}

namespace wasm_bpf::bpf::test {
namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

class BpfAttach : public ::testing::Test {
protected:
    void SetUp() override { object_ = load_object("attach"); }
    Program& program(std::string_view name) { return *object_->find_program(name); }
    Result<Link> attach(std::string_view name, std::string target) {
        return attach_by_section(*object_, name, std::move(target));
    }
    // Attaches by section, sees a link of the kernel, and that it is gone with ours.
    void expect_link(std::string_view name, const std::string& target) {
        const std::uint32_t id = program_id(program(name));
        {
            const auto link = attach(name, target);
            ASSERT_TRUE(link) << link.error().message;
            EXPECT_EQ(count_links(id), 1);
        }
        EXPECT_EQ(count_links(id), 0);
    }
    void expect_error(std::string_view name, const std::string& target, int code, std::string_view part) {
        const auto link = attach(name, target);
        ASSERT_FALSE(link);
        EXPECT_EQ(link.error().errno_code, code) << link.error().message;
        EXPECT_TRUE(contains(link.error().message, part)) << link.error().message;
        EXPECT_TRUE(contains(link.error().message, name)) << link.error().message;
    }
    std::unique_ptr<Object> object_;
};

TEST_F(BpfAttach, InterfacesBySection) {
    in_new_network([&] {
        for (const char* name : {"on_xdp", "on_tc", "on_egress", "on_action"}) {
            SCOPED_TRACE(name);
            expect_link(name, "lo");
            expect_error(name, "nosuch0", ENODEV, "nosuch0");
        }
    });
}

TEST_F(BpfAttach, XdpOfTwoCannotShareAnInterface) {
    in_new_network([&] {
        const auto first = attach("on_xdp", "lo");
        ASSERT_TRUE(first) << first.error().message;
        expect_error("on_xdp", "lo", EBUSY, "lo");
    });
}

TEST_F(BpfAttach, TcxGoesWhereTheSectionSays) {
    in_new_network([&] {
        const auto programs = [](bpf_attach_type place) {
            LIBBPF_OPTS(bpf_prog_query_opts, query);
            EXPECT_EQ(::bpf_prog_query_opts(1, place, &query), 0);
            return query.prog_cnt;
        };
        const auto egress = attach("on_egress", "lo");
        EXPECT_EQ(programs(BPF_TCX_EGRESS), 1U);
        EXPECT_EQ(programs(BPF_TCX_INGRESS), 0U);
        const auto ingress = attach("on_tc", "lo");
        EXPECT_EQ(programs(BPF_TCX_INGRESS), 1U);
    });
}

bool has_tc_filter(const AttachTarget& target) {
    LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = 1, .attach_point = static_cast<bpf_tc_attach_point>(target.flags));
    LIBBPF_OPTS(bpf_tc_opts, options, .handle = target.handle, .priority = target.priority);
    return bpf_tc_query(&hook, &options) == 0;
}

TEST_F(BpfAttach, LegacyTcRemovesItsFilterAndLeavesThoseOfOthers) {
    in_new_network([&] {
        AttachTarget first, second;
        first.kind = second.kind = AttachKind::interface_tc;
        first.interface_index = second.interface_index = 1;
        first.handle = second.handle = 1;
        first.priority = 10;
        second.priority = 20;
        first.flags = BPF_TC_INGRESS;
        second.flags = BPF_TC_EGRESS;
        {
            auto outer = program("on_tc").attach(first);
            ASSERT_TRUE(outer) << outer.error().message;
            auto inner = program("on_tc").attach(second);
            ASSERT_TRUE(inner) << inner.error().message;
            EXPECT_TRUE(has_tc_filter(first));
            {
                const Link ended = std::move(*outer);
            }
            EXPECT_FALSE(has_tc_filter(first));
            EXPECT_TRUE(has_tc_filter(second)) << "the discipline went with the link that had made it";
        }
        EXPECT_FALSE(has_tc_filter(second));
    });
    in_new_network([&] {
        AttachTarget target;
        target.kind = AttachKind::interface_tc;
        target.interface_index = 1;
        target.flags = BPF_TC_INGRESS;
        {
            const auto link = program("on_tc").attach(target);
            ASSERT_TRUE(link) << link.error().message;
        }
        LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = 1, .attach_point = BPF_TC_INGRESS);
        EXPECT_EQ(bpf_tc_hook_create(&hook), 0) << "the discipline is still there";
    });
}

TEST_F(BpfAttach, CgroupsBySection) {
    const Cgroup cgroup;
    expect_link("on_sockops", cgroup.path());
    expect_link("on_cgroup_skb", cgroup.path());
    expect_error("on_sockops", cgroup.path() + "/none", ENOENT, cgroup.path() + "/none");
    expect_error("on_sockops", "/tmp", EINVAL, "no cgroup");
}

TEST_F(BpfAttach, CgroupByDescriptor) {
    const Cgroup cgroup;
    const auto folder = open_cgroup(cgroup.path());
    ASSERT_TRUE(folder) << folder.error().message;
    AttachTarget target;
    target.kind = AttachKind::cgroup;
    target.fd = folder->get();
    const auto link = program("on_sockops").attach(target);
    ASSERT_TRUE(link) << link.error().message;
    EXPECT_EQ(count_links(program_id(program("on_sockops"))), 1);
}

TEST_F(BpfAttach, UprobesOnAFunctionOfThisProgram) {
    const std::string self = std::filesystem::read_symlink("/proc/self/exe");
    const std::string target = self + ":wasm_bpf_test_probed";
    {
        const auto link = attach("on_function", target);
        ASSERT_TRUE(link) << link.error().message;
        wasm_bpf_test_probed(1);
        EXPECT_EQ(counter(*object_, 0), 1U);
        const auto at_return = attach("on_return", target);
        ASSERT_TRUE(at_return) << at_return.error().message;
        wasm_bpf_test_probed(1);
        EXPECT_EQ(counter(*object_, 0), 102U);
    }
    wasm_bpf_test_probed(1);
    EXPECT_EQ(counter(*object_, 0), 102U) << "still attached";
    expect_error("on_function", self + ":no_such_function", ENOENT, "no_such_function");
    expect_error("on_function", "no_colon", EINVAL, "path:function");
    expect_error("on_function", "/no/such/file:main", ENOENT, "/no/such/file");
}

// Opened, a fifo would keep the host waiting for ever, and a device could do something.
TEST_F(BpfAttach, UprobesAreForFilesAlone) {
    const std::string fifo = std::filesystem::temp_directory_path() / ("wasm_bpf_fifo_" + std::to_string(::getpid()));
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    for (const std::string& path : {fifo, fifo + "!/lib.so", std::string("/dev/null"), std::string("/")})
        for (const AttachKind kind : {AttachKind::uprobe, AttachKind::uprobe_multi, AttachKind::usdt}) {
            AttachTarget target{.kind = kind, .path = path, .name = "main", .provider = "none"};
            const auto link = program("on_function").attach(target);
            ASSERT_FALSE(link);
            EXPECT_EQ(link.error().errno_code, EINVAL) << link.error().message;
            EXPECT_TRUE(contains(link.error().message, "no program and no library")) << link.error().message;
        }
    std::filesystem::remove(fifo);
}

TEST_F(BpfAttach, ASectionWithoutItsTargetIsAnError) {
    for (const auto& [name, needed] : {std::pair{"on_xdp", "interface"},
                                       {"on_tc", "interface"},
                                       {"on_sockops", "cgroup"},
                                       {"on_function", "path:function"},
                                       {"on_kernel_function", "kernel function"},
                                       {"drop_all", "socket"}}) {
        SCOPED_TRACE(name);
        expect_error(name, "", EINVAL, needed);
        EXPECT_TRUE(program(name).needs_target());
        const auto automatic = program(name).attach();
        ASSERT_FALSE(automatic);
        EXPECT_EQ(automatic.error().errno_code, EINVAL);
        EXPECT_TRUE(contains(automatic.error().message, needed)) << automatic.error().message;
    }
}

TEST_F(BpfAttach, ATargetThatTheSectionDoesNotNeedIsIgnored) { expect_link("on_raw_tracepoint", "whatever"); }

TEST_F(BpfAttach, AnUnknownKindIsAnError) {
    AttachTarget target;
    target.kind = static_cast<AttachKind>(999);
    EXPECT_FALSE(program("on_xdp").attach(target));
}

TEST_F(BpfAttach, AnUnloadedProgramIsAnError) {
    const auto object = open_object("attach");
    const auto link = object->find_program("on_raw_tracepoint")->attach();
    ASSERT_FALSE(link);
    EXPECT_EQ(link.error().errno_code, EINVAL);
}

TEST_F(BpfAttach, ALinkOutlivesItsObject) {
    const std::uint32_t id = program_id(program("on_raw_tracepoint"));
    auto link = program("on_raw_tracepoint").attach();
    ASSERT_TRUE(link) << link.error().message;
    object_.reset();
    EXPECT_EQ(count_links(id), 1);
    {
        const Link ended = std::move(*link);
    }
    EXPECT_EQ(count_links(id), 0);
}

TEST_F(BpfAttach, AKprobeWorksOrTheKernelHasNone) {
    const auto link = attach("on_kernel_function", "do_nanosleep");
    const bool has_kprobes = ::access("/sys/bus/event_source/devices/kprobe", F_OK) == 0;
    ASSERT_EQ(link.has_value(), has_kprobes) << (link ? "attached" : link.error().message);
    if (!has_kprobes) {
        EXPECT_TRUE(contains(link.error().message, "this kernel has no kprobes")) << link.error().message;
    }
}

TEST(BpfAttachFentry, WorksOrTheErrorNamesWhatIsMissing) {
    // Kernels that cannot patch their own text refuse it at load, or at attach.
    const auto object = open_object("fentry");
    auto result = object->load();
    if (result) {
        const auto link = object->find_program("on_sleep")->attach();
        if (link) return;
        result = std::unexpected(link.error());
    }
    EXPECT_TRUE(contains(result.error().message, "cannot patch its own text, which fentry needs"))
        << result.error().message;
    EXPECT_EQ(result.error().kind, ErrorKind::failed);
}

TEST_F(BpfAttach, TracepointsNeedTracefs) {
    const auto in_new_mounts = [&](bool with_tracefs) {
        std::thread([&] {
            // Threads share the working folder and root until CLONE_FS is undone too.
            ASSERT_EQ(::unshare(CLONE_FS | CLONE_NEWNS), 0);
            ASSERT_EQ(::mount("none", "/sys", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
            for (const char* place : {"/sys/kernel/debug", "/sys/kernel/tracing"})
                while (::umount2(place, MNT_DETACH) == 0) {
                }
            ASSERT_EQ(::mount("none", "/sys/kernel/tracing", with_tracefs ? "tracefs" : "tmpfs", 0, nullptr), 0);
            const auto link = program("on_tracepoint").attach();
            ASSERT_EQ(link.has_value(), with_tracefs) << (link ? "attached" : link.error().message);
            if (!with_tracefs) {
                EXPECT_TRUE(contains(link.error().message, "mount -t tracefs nodev /sys/kernel/tracing"))
                    << link.error().message;
                return;
            }
            ::getppid();
            EXPECT_GE(counter(*object_, 1), 1U);
        }).join();
    };
    in_new_mounts(false);
    in_new_mounts(true);
}

TEST_F(BpfAttach, ASocketFilterDropsUntilItsLinkEnds) {
    in_new_network([&] {
        bring_up_loopback();
        Fd receiver(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(address);
        ASSERT_EQ(::bind(receiver.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
        ASSERT_EQ(::getsockname(receiver.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
        const Fd sender(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        // Over loopback a packet is in the receiver's queue, or dropped, when sendto returns or very soon after: the
        // second packet, sent unfiltered, tells that the first would have been there.
        const auto send = [&](char byte) {
            ASSERT_EQ(::sendto(sender.get(), &byte, 1, 0, reinterpret_cast<sockaddr*>(&address), size), 1);
        };
        {
            AttachTarget target;
            target.kind = AttachKind::socket;
            target.fd = receiver.get();
            const auto link = program("drop_all").attach(target);
            ASSERT_TRUE(link) << link.error().message;
            send('a');
        }
        send('b');
        pollfd waiting{receiver.get(), POLLIN, 0};
        ASSERT_EQ(::poll(&waiting, 1, 5000), 1);
        char received = 0;
        ASSERT_EQ(::recv(receiver.get(), &received, 1, 0), 1);
        EXPECT_EQ(received, 'b');
    });
}

TEST_F(BpfAttach, ABadSocketIsAnError) {
    AttachTarget target;
    target.kind = AttachKind::socket;
    const auto link = program("drop_all").attach(target);
    ASSERT_FALSE(link);
    EXPECT_EQ(link.error().errno_code, EBADF);
}

}  // namespace
}  // namespace wasm_bpf::bpf::test
