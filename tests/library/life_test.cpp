// A guest's life by the public API: started, paused, stopped wherever it is, started again.

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "library/guests.hpp"

namespace wasm_bpf::test {
namespace {

TEST(GuestLife, RunsToItsExitCodeAndAgain) {
    Guest guest = guest_of(R"((module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1) (global $runs (mut i32) (i32.const 6))
        (func (export "_start") (global.set $runs (i32.add (global.get $runs) (i32.const 1)))
            (call $exit (global.get $runs)))))");
    EXPECT_EQ(guest.state(), Guest::State::ready);
    EXPECT_EQ(guest.wait().error().errno_code, ESRCH);
    for (int run = 0; run < 3; run++) {
        ASSERT_TRUE(guest.start());
        const Ending ending = end_of(guest);
        EXPECT_FALSE(ending.error) << text_of(ending);
        EXPECT_EQ(ending.exit_code, 7) << "each run is as the first";
        EXPECT_EQ(guest.state(), Guest::State::ended);
    }
}

TEST(GuestLife, TellsATrapWithItsStack) {
    Guest guest = guest_of(R"((module (memory (export "memory") 1)
        (func $inner unreachable) (func $outer (call $inner)) (func (export "_start") (call $outer))))");
    ASSERT_TRUE(guest.start());
    const Ending ending = end_of(guest);
    ASSERT_TRUE(ending.error);
    EXPECT_EQ(ending.error->kind, ErrorKind::trap);
    ASSERT_GE(ending.stack.size(), 2U);
    EXPECT_EQ(ending.stack[0], "inner");
    EXPECT_EQ(ending.stack[1], "outer");
}

TEST(GuestLife, StandsStillWhilePaused) {
    Ticks paused_ticks, other_ticks;
    Guest paused = guest_of(ticking, {.functions = {paused_ticks.function()}});
    Guest other = guest_of(ticking, {.functions = {other_ticks.function()}});
    ASSERT_TRUE(paused.start());
    ASSERT_TRUE(other.start());
    for (int i = 0; i < 20; i++) {
        ASSERT_TRUE(paused_ticks.wait_for_more());
        ASSERT_TRUE(paused.pause());
        EXPECT_EQ(paused.state(), Guest::State::paused);
        EXPECT_EQ(paused.pause().error().errno_code, EALREADY);
        const std::uint64_t before = paused_ticks.count();
        ASSERT_TRUE(other_ticks.wait_for_more());
        EXPECT_EQ(paused_ticks.count(), before);
        ASSERT_TRUE(paused.resume());
        EXPECT_EQ(paused.state(), Guest::State::running);
    }
    ASSERT_TRUE(paused_ticks.wait_for_more());
    EXPECT_EQ(paused.resume().error().errno_code, ESRCH);
}

// Waits 200 ms by WASI's clock, and exits with what poll_oneoff said.
constexpr std::string_view sleeping = R"((module
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32))) (import "test" "tick" (func $tick))
    (memory (export "memory") 1)
    (func (export "_start")
        (i32.store (i32.const 16) (i32.const 1)) (i64.store (i32.const 24) (i64.const {}))
        (call $tick) (call $exit (call $poll (i32.const 0) (i32.const 512) (i32.const 1) (i32.const 1024))))))";

TEST(GuestLife, APauseDoesNotInterruptAWait) {
    Ticks ticks;
    Guest guest = guest_of(fmt::format(sleeping, 200'000'000), {.functions = {ticks.function()}});
    ASSERT_TRUE(guest.start());
    ASSERT_TRUE(ticks.wait_for_first());
    for (int i = 0; i < 10; i++) {
        if (!guest.pause()) break;  // it is over
        ASSERT_TRUE(guest.resume());
    }
    const Ending ending = end_of(guest);
    EXPECT_FALSE(ending.error) << text_of(ending);
    EXPECT_EQ(ending.exit_code, 0) << "27: the wait was interrupted";
}

TEST(GuestLife, EndsByASignalAsAProcess) {
    Ticks ticks;
    Guest guest = guest_of(ticking, {.functions = {ticks.function()}});
    ASSERT_TRUE(guest.start());
    ASSERT_TRUE(ticks.wait_for_first());
    guest.signal(SIGTERM);
    const Ending ending = end_of(guest);
    EXPECT_EQ(ending.exit_code, 128 + SIGTERM);
    ASSERT_TRUE(ending.error);
    EXPECT_EQ(ending.error->kind, ErrorKind::stopped);
}

TEST(GuestLife, EndsAtTheEndOfItsTime) {
    Ticks ticks;
    GuestOptions options{.functions = {ticks.function()}};
    ASSERT_TRUE(options.policy.allow("time=50ms"));
    Guest guest = guest_of(ticking, std::move(options));
    ASSERT_TRUE(guest.start());
    const Ending ending = end_of(guest);
    ASSERT_TRUE(ending.error);
    EXPECT_EQ(ending.error->kind, ErrorKind::stopped);
    EXPECT_EQ(ending.error->errno_code, ETIMEDOUT);
}

TEST(GuestLife, IsStoppedByItsObjectsEnd) {
    Ticks ticks;
    {
        Guest guest = guest_of(ticking, {.functions = {ticks.function()}});
        ASSERT_TRUE(guest.start());
        ASSERT_TRUE(ticks.wait_for_first());
    }
    const std::uint64_t before = ticks.count();
    Ticks other;
    Guest guest = guest_of(ticking, {.functions = {other.function()}});
    ASSERT_TRUE(guest.start());
    ASSERT_TRUE(other.wait_for_more());
    EXPECT_EQ(ticks.count(), before);
}

TEST(GuestLife, StartsOnceAtATime) {
    Ticks ticks;
    Guest guest = guest_of(ticking, {.functions = {ticks.function()}});
    EXPECT_EQ(guest.pause().error().errno_code, ESRCH);
    ASSERT_TRUE(guest.start());
    EXPECT_EQ(guest.start().error().errno_code, EBUSY);
    EXPECT_EQ(guest.wait_for(1ms).error().errno_code, ETIMEDOUT);
    guest.stop();
    EXPECT_EQ(end_of(guest).error->kind, ErrorKind::stopped);
    EXPECT_EQ(guest.pause().error().errno_code, ESRCH);
    ASSERT_TRUE(guest.start()) << "a stop is for one run";
    ASSERT_TRUE(ticks.wait_for_more());
}

// Where a guest may be when it is stopped.
struct Place {
    const char* name;
    std::string text;
};

class StoppedGuest : public testing::TestWithParam<Place> {};

TEST_P(StoppedGuest, EndsSoon) {
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);  // an input that nobody writes to
    Ticks ticks;
    GuestOptions options{.input = Input::from(ends[0])};
    options.functions.push_back(ticks.function());
    options.functions.push_back(host_function("test", "wait", [](GuestCall& guest) {
        pollfd waits{guest.interrupt_fd(), POLLIN, 0};
        poll(&waits, 1, -1);
    }));
    options.functions.push_back(host_function("test", "call", [](GuestCall& guest) -> Result<> {
        auto called = guest.call("spin", {});
        if (!called) return std::unexpected(called.error());
        return {};
    }));
    for (const bool paused : {false, true}) {
        Guest guest = guest_of(GetParam().text, options);
        const std::uint64_t before = ticks.count();
        ASSERT_TRUE(guest.start());
        ASSERT_TRUE(until([&] { return ticks.count() > before; }));
        if (paused && std::string_view(GetParam().name) != "HostFunction") {
            ASSERT_TRUE(guest.pause());
        }
        guest.stop();
        const Ending ending = end_of(guest);
        ASSERT_TRUE(ending.error) << text_of(ending);
        EXPECT_EQ(ending.error->kind, ErrorKind::stopped) << text_of(ending);
    }
    close(ends[0]);
    close(ends[1]);
}

std::string guest_doing(std::string_view what) {
    return fmt::format(R"((module (import "test" "tick" (func $tick)) (import "test" "wait" (func $wait))
        (import "test" "call" (func $call))
        (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1) (func (export "spin") (call $tick) (loop $l (br $l)))
        (func (export "_start") {})))",
                       what);
}

INSTANTIATE_TEST_SUITE_P(
    , StoppedGuest,
    testing::Values(Place{"Loop", guest_doing("(call $tick) (loop $l (br $l))")},
                    Place{"Read",
                          guest_doing("(i32.store (i32.const 4) (i32.const 8)) (call $tick)"
                                      "(drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 64)))"
                                      "unreachable")},
                    Place{"Sleep", fmt::format(sleeping, 3'600'000'000'000)},
                    Place{"HostFunction", guest_doing("(call $tick) (loop $l (call $wait) (br $l))")},
                    Place{"CalledByAHostFunction", guest_doing("(call $call)")}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(GuestLife, AStopBeforeTheStartHolds) {
    Ticks ticks;
    Guest guest = guest_of(ticking, {.functions = {ticks.function()}});
    guest.stop();
    ASSERT_TRUE(guest.start());
    EXPECT_EQ(end_of(guest).error->kind, ErrorKind::stopped);
    EXPECT_EQ(ticks.count(), 0U);
}

// Each call has one of the results that it may have, and none waits for ever.
TEST(GuestLife, AnswersSeveralThreadsAtOnce) {
    Guest guest = guest_of(R"((module
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1) (data (i32.const 300) "line\n")
        (func (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
        (func (export "_start") (i32.store (i32.const 0) (i32.const 300)) (i32.store (i32.const 4) (i32.const 5))
            (i32.store (i32.const 80) (i32.const 1)) (i64.store (i32.const 88) (i64.const 100000))
            (loop $l (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 32)))
                (drop (call $poll (i32.const 64) (i32.const 512) (i32.const 1) (i32.const 1024))) (br $l)))))",
                           {.output = Output::buffer(1000)});
    const auto hold = [](const auto& result, std::initializer_list<int> errors) {
        return result || std::ranges::find(errors, result.error().errno_code) != errors.end();
    };
    std::atomic<int> calls = 0, over = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; i++)
        threads.emplace_back([&, i] {
            for (int round = 0; round < 200; round++) {
                switch ((round + i) % 7) {
                    case 0: EXPECT_TRUE(hold(guest.start(), {EBUSY})); break;
                    case 1: EXPECT_TRUE(hold(guest.pause(), {ESRCH, EALREADY})); break;
                    case 2: EXPECT_TRUE(hold(guest.resume(), {ESRCH})); break;
                    case 3: EXPECT_LE(guest.output().text.size(), 1000U); break;
                    case 4: guest.signal(SIGWINCH); break;
                    case 5: EXPECT_TRUE(hold(guest.wait_for(0ms), {ESRCH, ETIMEDOUT})); break;
                    default:
                        if (round % 50 == 0) guest.stop();
                        if (i == 0 && guest.state() == Guest::State::running && round % 3 == 0) {
                            const auto doubled = guest.call("double", std::vector<Value>{21});
                            EXPECT_TRUE(hold(doubled, {ESRCH}));
                            EXPECT_TRUE(!doubled || doubled->at(0) == Value(42));
                            calls++;
                        }
                }
            }
            over++;
        });
    // A call waits for a guest that is paused.
    EXPECT_TRUE(until([&] {
        if (over == 3) static_cast<void>(guest.resume());
        return over == 4;
    }));
    for (std::thread& thread : threads) thread.join();
    guest.stop();
    EXPECT_TRUE(hold(guest.wait_for(20s), {}));
    EXPECT_GT(calls, 0);
}

// Each has its own memory, arguments and end, and one module is for all.
TEST(GuestLife, AHundredLiveBesideEachOther) {
    constexpr int count = 100;
    const Module module =
        module_of(R"((module (import "test" "tick" (func $tick)) (import "test" "id" (func $id (result i32)))
        (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (func (export "stored") (result i32) (i32.load (i32.const 0)))
        (func (export "_start") (i32.store (i32.const 0) (call $id))
            (if (i32.eq (call $id) (i32.const 13)) (then unreachable))
            (i32.store (i32.const 80) (i32.const 1)) (i64.store (i32.const 88) (i64.const 1000000))
            (loop $l (call $tick)
                (drop (call $poll (i32.const 64) (i32.const 512) (i32.const 1) (i32.const 1024))) (br $l)))))");
    std::vector<Ticks> ticks(count);
    std::vector<Guest> guests;
    for (int i = 0; i < count; i++) {
        GuestOptions options{.functions = {ticks[i].function()}};
        options.functions.push_back(host_function("test", "id", [i](GuestCall&) -> std::int32_t { return i; }));
        auto guest = Guest::create(module, std::move(options));
        ASSERT_TRUE(guest) << guest.error().message;
        guests.push_back(std::move(*guest));
    }
    for (Guest& guest : guests) ASSERT_TRUE(guest.start());
    EXPECT_EQ(end_of(guests[13]).error->kind, ErrorKind::trap);
    for (int i = 0; i < count; i++) EXPECT_TRUE(i == 13 || ticks[i].wait_for_more(3)) << i;
    for (int i = 0; i < count; i += 2) guests[i].stop();
    for (int i = 0; i < count; i += 2) EXPECT_TRUE(end_of(guests[i]).error) << i;
    for (int i = 1; i < count; i += 2)
        EXPECT_TRUE(i == 13 || ticks[i].wait_for_more(3)) << "stopping others stopped " << i;
    for (int i = 1; i < count; i += 2) {
        if (i == 13) continue;
        EXPECT_EQ(guests[i].call("stored", {}).value().at(0), Value(i)) << "each has a memory of its own";
    }
    for (int i = 1; i < count; i += 2) EXPECT_TRUE(i == 13 || guests[i].pause()) << i;
}

}  // namespace
}  // namespace wasm_bpf::test
