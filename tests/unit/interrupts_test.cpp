#include "host_api/interrupts.hpp"

#include <poll.h>
#include <signal.h>

#include <gtest/gtest.h>

namespace wasm_bpf::host_api {
namespace {

constexpr auto handle = SignalAction::Kind::handle;
constexpr auto ignore = SignalAction::Kind::ignore;

bool is_readable(int fd) {
    pollfd polled{fd, POLLIN, 0};
    return ::poll(&polled, 1, 0) == 1;
}

struct InterruptsTest : testing::Test {
    void expect_pending(bool expected) const {
        EXPECT_EQ(interrupts.pending(), expected);
        EXPECT_EQ(is_readable(interrupts.fd()), expected);
    }
    // The number of the signal whose handler is to run; 0 for none.
    int take() {
        const auto taken = interrupts.take();
        return taken ? taken->number : 0;
    }
    Interrupts interrupts;
};

TEST_F(InterruptsTest, AStopStands) {
    expect_pending(false);
    interrupts.stop();
    expect_pending(true);
    EXPECT_TRUE(interrupts.stopped());
    EXPECT_FALSE(interrupts.take());
    expect_pending(true);
    EXPECT_EQ(interrupts.ending_signal(), 0);
    interrupts.signal(SIGTERM);
    EXPECT_EQ(interrupts.ending_signal(), 0) << "the first reason counts";
}

TEST_F(InterruptsTest, DefaultActionEndsOrDoesNothing) {
    for (const int harmless : {SIGCHLD, SIGCONT, SIGURG, SIGWINCH, SIGTSTP, SIGTTIN, SIGTTOU, SIGSTOP, 0, -1, 65})
        EXPECT_FALSE(interrupts.signal(harmless)) << harmless;
    expect_pending(false);
    EXPECT_TRUE(interrupts.signal(SIGRTMAX));
    EXPECT_EQ(interrupts.ending_signal(), SIGRTMAX);
    expect_pending(true);
}

TEST_F(InterruptsTest, HandlersAreTakenInTheOrderOfNumbersAndEachOnce) {
    for (const int number : {SIGTERM, SIGINT}) interrupts.set_action(number, {.kind = handle});
    for (const int number : {SIGTERM, SIGINT, SIGTERM}) EXPECT_FALSE(interrupts.signal(number));
    expect_pending(true);
    EXPECT_EQ(interrupts.waiting(), signal_bit(SIGINT) | signal_bit(SIGTERM));
    EXPECT_EQ(take(), SIGINT);
    EXPECT_EQ(take(), SIGTERM);
    expect_pending(false);
    EXPECT_EQ(take(), 0);
}

TEST_F(InterruptsTest, HandlerBlocksWhatItsActionSays) {
    interrupts.set_action(SIGINT, {.kind = handle, .restarts = true, .blocked = ~SignalSet{0}, .function = 7});
    interrupts.set_blocked(signal_bit(SIGHUP));
    interrupts.signal(SIGINT);
    const auto taken = interrupts.take();
    ASSERT_TRUE(taken);
    EXPECT_TRUE(taken->restarts);
    EXPECT_EQ(taken->function, 7u);
    EXPECT_EQ(taken->blocked_before, signal_bit(SIGHUP));
    EXPECT_FALSE(interrupts.signal(SIGINT));
    EXPECT_FALSE(interrupts.signal(SIGTERM)) << "its default action waits";
    expect_pending(false);
    interrupts.set_blocked(taken->blocked_before);
    expect_pending(true);
    EXPECT_EQ(take(), SIGINT);
    interrupts.set_blocked(taken->blocked_before);
    EXPECT_EQ(take(), 0);
    EXPECT_EQ(interrupts.ending_signal(), SIGTERM);
}

TEST_F(InterruptsTest, KillIsNotToBeBlocked) {
    interrupts.set_blocked(~SignalSet{0});
    EXPECT_EQ(interrupts.blocked(), ~(signal_bit(SIGKILL) | signal_bit(SIGSTOP)));
    EXPECT_TRUE(interrupts.signal(SIGKILL));
}

TEST_F(InterruptsTest, WhatIsIgnoredIsForgotten) {
    interrupts.set_action(SIGINT, {.kind = handle});
    interrupts.signal(SIGINT);
    interrupts.set_action(SIGINT, {.kind = ignore});
    expect_pending(false);
    EXPECT_FALSE(interrupts.signal(SIGINT));
    expect_pending(false);
    EXPECT_EQ(interrupts.set_action(SIGINT, {}).kind, ignore);
}

TEST_F(InterruptsTest, AwaitedSignalsWakeThoughTheyAreBlocked) {
    interrupts.set_blocked(signal_bit(SIGINT));
    interrupts.signal(SIGINT);
    expect_pending(false);
    interrupts.await(signal_bit(SIGINT));
    expect_pending(true);
    EXPECT_EQ(take(), 0) << "its handler is not to run";
    EXPECT_EQ(interrupts.take_one_of(signal_bit(SIGINT)), SIGINT);
    expect_pending(false);
    EXPECT_EQ(interrupts.take_one_of(~SignalSet{0}), std::nullopt);
}

TEST_F(InterruptsTest, TellTheEngine) {
    int interruptions = 0;
    interrupts.interrupt_engine = [&] { interruptions++; };
    interrupts.signal(SIGCHLD);
    EXPECT_EQ(interruptions, 0);
    interrupts.signal(SIGINT);
    EXPECT_EQ(interruptions, 1);
    interrupts.stop();
    EXPECT_EQ(interruptions, 2);
}

}  // namespace
}  // namespace wasm_bpf::host_api
