// wasm_attach_bpf_program with a target, and detaching: the kernel's own lists tell.

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <net/if.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>

#include <gtest/gtest.h>

#include "kernel/v0_guest.hpp"
#include "support/cgroup2.hpp"
#include "support/network_namespace.hpp"

// What the uprobe is attached to.
extern "C" __attribute__((noinline)) int wasm_bpf_v0_probed(int value) {
    asm volatile("" : "+r"(value));
    return value;
}

namespace wasm_bpf::test {
namespace {

class Cgroup {
public:
    Cgroup() {
        EXPECT_EQ(mkdir(path_.c_str(), 0755), 0) << path_ << ": " << strerror(errno);
        fd_.reset(open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
    ~Cgroup() { rmdir(path_.c_str()); }
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] int fd() const { return fd_.get(); }

private:
    const std::string path_ = cgroup2_root() + "/wasm-bpf-v0-" + std::to_string(getpid());
    bpf::Fd fd_;
};

unsigned programs_at(int target, bpf_attach_type place) {
    LIBBPF_OPTS(bpf_prog_query_opts, options);
    EXPECT_EQ(bpf_prog_query_opts(target, place, &options), 0) << strerror(errno);
    return options.prog_cnt;
}

unsigned xdp_programs(int interface_index) {
    std::uint32_t id = 0;
    EXPECT_EQ(bpf_xdp_query_id(interface_index, 0, &id), 0);
    return id != 0 ? 1 : 0;
}

struct Place {
    const char* name;
    const char* program;
    bool on_cgroup;
    bpf_attach_type type;
};

void PrintTo(const Place& place, std::ostream* out) { *out << place.name; }

// A network namespace and a cgroup of the test's own.
class V0Attach : public testing::TestWithParam<Place> {
protected:
    void SetUp() override {
        ASSERT_NO_FATAL_FAILURE(enter_own_network_namespace());
        loopback_ = static_cast<int>(if_nametoindex("lo"));
    }
    [[nodiscard]] std::string target() const { return GetParam().on_cgroup ? cgroup_.path() : "lo"; }
    [[nodiscard]] unsigned attached() const {
        if (GetParam().type == BPF_XDP) return xdp_programs(loopback_);
        return programs_at(GetParam().on_cgroup ? cgroup_.fd() : loopback_, GetParam().type);
    }

    Cgroup cgroup_;
    int loopback_ = 0;
};

INSTANTIATE_TEST_SUITE_P(, V0Attach,
                         testing::Values(Place{"Xdp", "on_xdp", false, BPF_XDP},
                                         Place{"Tc", "on_tc", false, BPF_TCX_INGRESS},
                                         Place{"Tcx", "on_tcx", false, BPF_TCX_EGRESS},
                                         Place{"Sockops", "on_sockops", true, BPF_CGROUP_SOCK_OPS},
                                         Place{"CgroupSkb", "on_cgroup_skb", true, BPF_CGROUP_INET_EGRESS}),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(V0Attach, IsDetachedAtTheEnd) {
    Command guest(v0_guest("attach", {"hold", GetParam().program, target()}));
    ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
    EXPECT_EQ(guest.output(), "attach 0\nready\n");
    EXPECT_EQ(attached(), 1u);
    guest.signal(SIGTERM);
    EXPECT_EQ(guest.wait(), 143);
    EXPECT_EQ(attached(), 0u);
}

TEST_P(V0Attach, IsDetachedAtClose) {
    Command guest(v0_guest("attach", {"close", GetParam().program, target()}));
    ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
    EXPECT_EQ(guest.output(), "attach 0\nclose done\nready\n");
    EXPECT_EQ(attached(), 0u);
}

TEST_P(V0Attach, IsDetachedAtCtrlCInAPollWithoutATimeout) {
    Command guest(v0_guest("attach", {"calls", GetParam().program, target()}));
    ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
    EXPECT_EQ(attached(), 1u);
    guest.signal(SIGINT);
    EXPECT_EQ(guest.wait(), 130);
    EXPECT_EQ(attached(), 0u);
}

TEST_P(V0Attach, NeedsItsTarget) {
    Command guest(v0_guest("attach", {"fail", GetParam().program}));
    EXPECT_EQ(guest.wait(), 0);
    EXPECT_TRUE(guest.output().starts_with("attach -")) << guest.output();
    EXPECT_EQ(count(guest.error(), GetParam().on_cgroup ? "needs the path of a cgroup as target"
                                                        : "needs the name of a network interface as target"),
              1u)
        << guest.error();
    EXPECT_EQ(attached(), 0u);
}

TEST(V0, AttachesAUprobeByPathAndFunction) {
    const std::string path = std::filesystem::read_symlink("/proc/self/exe");
    Command guest(v0_guest("attach", {"calls", "on_function", path + ":wasm_bpf_v0_probed"}));
    ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
    EXPECT_EQ(guest.output(), "attach 0\nready\n");
    wasm_bpf_v0_probed(1);
    EXPECT_TRUE(guest.wait_for_output("called by " + std::to_string(getpid()) + "\n")) << guest.error();
    guest.signal(SIGINT);
    EXPECT_EQ(guest.wait(), 130);
}

TEST(V0, NeverReportsAFailedAttachAsDone) {
    struct {
        std::vector<std::string> program_and_target;
        const char* result;
        const char* message;
    } const attempts[] = {
        {{"on_xdp", "no-such-if"}, "attach -19\n", "no-such-if"},
        {{"on_sockops", "/no/such/cgroup"}, "attach -2\n", "/no/such/cgroup"},
        {{"on_sockops", "/proc"}, "attach -22\n", "\"/proc\" is no cgroup"},
        {{"on_function", "/bin/true"}, "attach -22\n", "path:function"},
        {{"on_function", "/bin/true:no_such_function"}, "attach -2\n", "no_such_function"},
        {{"on_function", "/no/such/file:main"}, "attach -2\n", "/no/such/file"},
    };
    for (const auto& [program_and_target, result, message] : attempts) {
        auto arguments = program_and_target;
        arguments.insert(arguments.begin(), "fail");
        Command guest(v0_guest("attach", arguments));
        EXPECT_EQ(guest.wait(), 0);
        EXPECT_EQ(guest.output(), result);
        EXPECT_EQ(count(guest.error(), "wasm-bpf: wasm_attach_bpf_program: attach \"" + program_and_target[0]), 1u)
            << guest.error();
        EXPECT_GE(count(guest.error(), message), 1u) << guest.error();
        EXPECT_EQ(count(guest.error(), "attached"), 0u) << guest.error();
    }
}

TEST(V0, RefusesAnInterfaceThatHasAnXdpProgram) {
    ASSERT_NO_FATAL_FAILURE(enter_own_network_namespace());
    Command first(v0_guest("attach", {"hold", "on_xdp", "lo"}));
    ASSERT_TRUE(first.wait_for_output("ready\n")) << first.error();
    Command second(v0_guest("attach", {"fail", "on_xdp", "lo"}));
    EXPECT_EQ(second.wait(), 0);
    EXPECT_EQ(second.output(), "attach -16\n") << second.error();
}

}  // namespace
}  // namespace wasm_bpf::test
