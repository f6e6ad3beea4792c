// Programs of cgroups: what is attached runs for real packets, and is gone after the link.

#include <linux/version.h>

#include <fstream>

#include "bpf/network.hpp"

namespace wasm_bpf::bpf::test {
namespace {

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
        EXPECT_LT(kernel_version(), KERNEL_VERSION(6, 17, 0));
        GTEST_SKIP() << two.error().message;
    }
    const Inside inside(cgroup.path());
    with_loopback([&] {
        const Fd receiver = socket_at(SOCK_DGRAM, test_port);
        ASSERT_TRUE(send_to(test_port) && receives(receiver));
        EXPECT_EQ(globals().order, 21U);
    });
}

}  // namespace
}  // namespace wasm_bpf::bpf::test
