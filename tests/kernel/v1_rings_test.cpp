// Ring, perf and user ring buffers: the same cases with windows and with copies.

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include <gtest/gtest.h>

#include "v1_guest.hpp"

namespace wasm_bpf::test {
namespace {

using Options = std::vector<std::string>;

class V1Buffers : public testing::TestWithParam<Options> {
protected:
    static std::vector<std::string> live(std::string callback) {
        return v1_guest("rings", {std::move(callback), std::to_string(getpid())}, GetParam());
    }
    // A guest that gets a record of this process and ends at it.
    static void expect_end(const char* callback, int exit_code, const char* error) {
        Command guest(live(callback));
        ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
        syscall(SYS_getpgid, 0);
        EXPECT_EQ(guest.wait(), exit_code) << guest.error();
        EXPECT_NE(guest.error().find(error), std::string::npos) << guest.error();
    }
};

INSTANTIATE_TEST_SUITE_P(, V1Buffers, testing::Values(Options{}, Options{"--no-windows"}),
                         [](const auto& tested) { return tested.param.empty() ? "Windows" : "Copies"; });

TEST_P(V1Buffers, RingBuffersAreLibbpfs) { expect_passes("rings", {}, GetParam()); }

TEST_P(V1Buffers, PollReturnsHoweverFastTheProducerIs) {
    Command guest(live("busy"));
    ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
    std::jthread producer([](std::stop_token stop) {
        while (!stop.stop_requested()) syscall(SYS_getpgid, 0);
    });
    EXPECT_EQ(guest.wait(), 0) << guest.error();
}

TEST_P(V1Buffers, ATrapInACallbackEndsTheGuest) { expect_end("trap", 134, "the guest trapped: unreachable"); }
TEST_P(V1Buffers, AnExitInACallbackEndsTheGuest) { expect_end("exit", 3, ""); }

TEST_P(V1Buffers, AStopInACallbackEndsTheGuest) {
    Command guest(live("spin"));
    ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
    syscall(SYS_getpgid, 0);
    ASSERT_TRUE(guest.wait_for_output("spins\n")) << guest.error();
    guest.signal(SIGINT);
    EXPECT_EQ(guest.wait(), 130) << guest.error();
}

TEST_P(V1Buffers, AStopEndsAWaitWithLiveRecords) {
    Command guest(live("count"));
    ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
    std::jthread producer([](std::stop_token stop) {
        while (!stop.stop_requested()) syscall(SYS_getpgid, 0);
    });
    guest.signal(SIGINT);
    EXPECT_EQ(guest.wait(), 130) << guest.error();
}

}  // namespace
}  // namespace wasm_bpf::test
