// Objects and programs of guests.

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "v1_guest.hpp"

namespace wasm_bpf::test {
namespace {

TEST(Objects, AreOpenedWithEveryOption) {
    std::string folder = ::testing::TempDir() + "wasm-bpf-options-XXXXXX";
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    expect_passes("object_options", {"/folder"}, {"--dir", folder + "::/folder", "--allow", "files=/nonexistent.btf"});
    std::filesystem::remove_all(folder);
}

// Also what libbpf says.
TEST(Objects, ErrorsAreLinuxs) { expect_passes("errors"); }

TEST(Objects, SeveralAtOnce) { expect_passes("several_objects"); }

TEST(Programs, AreSetBeforeLoad) { expect_passes("programs"); }

TEST(TestRun, TakesContextDataAndCpu) { expect_passes("test_run"); }

// The processes that the command has started and not waited for.
std::string children(int pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children");
    std::string line;
    std::getline(file, line);
    return line;
}

TEST(TestRun, EndsWithItsGuest) {
    Command guest(v1_guest("test_run", {"forever"}));
    ASSERT_TRUE(guest.wait_for_output("running")) << guest.error();
    guest.signal(SIGTERM);
    EXPECT_EQ(guest.wait(), 128 + SIGTERM) << guest.error();
}

TEST(TestRun, EndsWithAHostThatIsKilled) {
    Command guest(v1_guest("test_run", {"forever"}));
    ASSERT_TRUE(guest.wait_for_output("running")) << guest.error();
    // The run is in a process of its own: from its start on, it must not outlive the host.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    std::string runner;
    while (runner.empty() && std::chrono::steady_clock::now() < deadline) runner = children(guest.pid());
    ASSERT_FALSE(runner.empty());
    guest.signal(SIGKILL);
    EXPECT_EQ(guest.wait(), 128 + SIGKILL);
    const int pid = std::stoi(runner);
    while (::kill(pid, 0) == 0 && std::chrono::steady_clock::now() < deadline) ::usleep(1000);
    EXPECT_NE(::kill(pid, 0), 0) << "the run lives on as process " << pid;
}

}  // namespace
}  // namespace wasm_bpf::test
