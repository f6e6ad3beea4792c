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

// The guest's programs run where it runs, and their records come from there.
class OneCpu {
public:
    OneCpu() {
        sched_getaffinity(0, sizeof(before_), &before_);
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(sched_getcpu(), &one);
        sched_setaffinity(0, sizeof(one), &one);
    }
    ~OneCpu() { sched_setaffinity(0, sizeof(before_), &before_); }

private:
    cpu_set_t before_;
};

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

TEST_P(V1Buffers, PerfBuffersAreLibbpfs) {
    const OneCpu one_cpu;
    expect_passes("perf_buffers", {}, GetParam());
}

TEST_P(V1Buffers, UserRingBuffersAreLibbpfs) { expect_passes("user_rings", {}, GetParam()); }

TEST_P(V1Buffers, AGuestWaitsForRoomInItsUserRingBuffer) {
    Command guest(v1_guest("user_rings", {std::to_string(getpid())}, GetParam()));
    ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
    std::jthread drainer([](std::stop_token stop) {
        while (!stop.stop_requested()) syscall(SYS_getpgid, 0);
    });
    EXPECT_EQ(guest.wait(), 0) << guest.error();
}

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

class V1PerfWindow : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(, V1PerfWindow, testing::Values("store", "fill"),
                         [](const auto& tested) { return tested.param; });

TEST_P(V1PerfWindow, IsNotTheGuestsToWriteRecordsTo) {
    Command guest(v1_guest("perf_buffers", {GetParam()}));
    EXPECT_EQ(guest.wait(), 134);
    EXPECT_NE(guest.error().find("store to a read-only window"), std::string::npos) << guest.error();
}

}  // namespace
}  // namespace wasm_bpf::test
