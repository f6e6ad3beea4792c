// What traces, attached by guests at run time: each guest says what it expects of the kernel (tests/guests/v1).
// Kprobes, fentry and LSM are tested in the virtual machines.

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "conformance/probed_functions.h"
#include "file_offset.hpp"
#include "support/cgroup2.hpp"
#include "v1_guest.hpp"

namespace wasm_bpf::test {
namespace {

TEST(Tracing, UserProbesByEveryWayToNameThem) {
    Command guest(v1_guest("user_probes",
                           {std::filesystem::read_symlink("/proc/self/exe"), std::to_string(getpid()),
                            file_offset(reinterpret_cast<void*>(&probed_one)), file_offset(&wasm_bpf_probe_counter)}));
    std::atomic<bool> ended = false;
    std::thread calls([&] {
        while (!ended) {
            probed_one(1);
            probed_two(2);
            counted_probe(3);
            std::this_thread::yield();
        }
    });
    EXPECT_TRUE(guest.wait_for_output("attached\n")) << guest.error();
    EXPECT_EQ(wasm_bpf_probe_counter, 2) << "the kernel counts those who look";
    EXPECT_EQ(guest.wait(), 0) << guest.output() << guest.error();
    EXPECT_EQ(wasm_bpf_probe_counter, 1);
    ended = true;
    calls.join();
}

TEST(Tracing, PerfEventsCountAndSample) { expect_passes("perf_events"); }

TEST(Tracing, WrongOptionsAreRefusedByName) { expect_passes("attach_errors"); }

TEST(Tracing, IteratorsAreStreams) {
    const std::string outer = cgroup2_root() + "/wasm-bpf-v1-" + std::to_string(getpid()), inner = outer + "/inner";
    const auto make = [](const std::string& path) {
        EXPECT_EQ(mkdir(path.c_str(), 0755), 0) << path << ": " << strerror(errno);
        struct stat about{};
        EXPECT_EQ(stat(path.c_str(), &about), 0);
        return std::to_string(about.st_ino);
    };
    const std::string outer_id = make(outer), inner_id = make(inner);
    expect_passes("iterators", {outer, outer_id, inner_id});
    EXPECT_EQ(rmdir(inner.c_str()), 0);
    EXPECT_EQ(rmdir(outer.c_str()), 0);
}

// A thread of its own, since its mounts cannot be left again; commands that it starts share them.
void with_tracefs(const std::function<void()>& body) {
    std::thread([&] {
        ASSERT_EQ(::unshare(CLONE_FS | CLONE_NEWNS), 0) << strerror(errno);
        ASSERT_EQ(::mount("none", "/sys", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
        while (::umount2("/sys/kernel/tracing", MNT_DETACH) == 0) {
        }
        ASSERT_EQ(::mount("none", "/sys/kernel/tracing", "tracefs", 0, nullptr), 0) << strerror(errno);
        body();
    }).join();
}

TEST(Tracing, TracepointsHaveCookies) {
    with_tracefs([] { expect_passes("tracepoints"); });
}

TEST(Tracing, FunctionsOfProgramsAreReplacedOrTheErrorNamesWhatIsMissing) {
    // The kernel finds another program of BPF by its id, which takes CAP_SYS_ADMIN.
    Command without(v1_guest("freplace"));
    EXPECT_NE(without.wait(), 0);
    EXPECT_NE(without.error().find("--keep-capability CAP_SYS_ADMIN"), std::string::npos) << without.error();
    Command guest(v1_guest("freplace", {}, {"--keep-capability", "CAP_SYS_ADMIN"}));
    if (guest.wait() == 0) return;
    EXPECT_NE(guest.error().find("this kernel cannot patch its own text, which freplace needs"), std::string::npos)
        << guest.error();
}

TEST(Tracing, StructOpsAreAsTheGuestSetThemWhileTheLinkLives) {
    expect_passes("struct_ops", {"/ipv4"}, {"--dir", "/proc/sys/net/ipv4::/ipv4:ro"});
}

TEST(Tracing, ThePolicyIsAskedAboutOperationsThatLoadOnlyByTheirStruct) {
    Command guest(v1_guest("struct_ops", {"/ipv4", "denied"},
                           {"--dir", "/proc/sys/net/ipv4::/ipv4:ro", "--deny", "helpers=bpf_ktime_get_ns"}));
    EXPECT_EQ(guest.wait(), 122) << guest.error();
    EXPECT_NE(guest.error().find("program \"other_undo\": denied by the policy: helpers: bpf_ktime_get_ns"),
              std::string::npos)
        << guest.error();
    EXPECT_EQ(guest.error().find("CHECK"), std::string::npos) << guest.error();
}

}  // namespace
}  // namespace wasm_bpf::test
