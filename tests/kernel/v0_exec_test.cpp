// A whole tool of version 0 in each language: it traces every exec.

#include <unistd.h>

#include <csignal>
#include <filesystem>

#include <gtest/gtest.h>

#include "kernel/v0_guest.hpp"

namespace wasm_bpf::test {
namespace {

class V0ExecTrace : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(, V0ExecTrace, testing::Values("c", "rust", "go"),
                         [](const auto& tested) { return tested.param; });

TEST_P(V0ExecTrace, RunsUnmodified) {
    // A path that no other process executes.
    const auto program = std::filesystem::temp_directory_path() / ("wasm-bpf-v0-exec-" + std::to_string(getpid()));
    std::filesystem::create_symlink("/bin/true", program);
    Command guest(v0_guest(std::string("exec_") + GetParam()));
    EXPECT_TRUE(guest.wait_for_output("ready\n", std::chrono::seconds(60))) << guest.error();
    Command executed({program.string()});
    EXPECT_EQ(executed.wait(), 0);
    EXPECT_TRUE(guest.wait_for_output("exec " + std::to_string(executed.pid()) + " " +
                                      program.filename().string().substr(0, 15) + " " + program.string() + "\n"))
        << guest.output() << guest.error();
    std::filesystem::remove(program);
    guest.signal(SIGINT);
    EXPECT_EQ(guest.wait(), 130);
    EXPECT_EQ(guest.error(), "");
}

}  // namespace
}  // namespace wasm_bpf::test
