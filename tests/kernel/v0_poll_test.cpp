// wasm_bpf_buffer_poll: the guest's program makes a batch of numbered records, from 100 on, at each getpgid() of this
// process.

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "kernel/v0_guest.hpp"

namespace wasm_bpf::test {
namespace {

// Keeps the calling thread on one CPU: a perf buffer keeps the order, and the number of lost samples, of one CPU alone.
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

void make_batches(int number) {
    for (int i = 0; i < number; i++) syscall(SYS_getpgid, 0);
}

std::vector<std::string> rings(std::string scenario, std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), {std::move(scenario), std::to_string(getpid())});
    return v0_guest("rings", std::move(arguments));
}

struct Buffer {
    const char* name;
    const char* map;
    unsigned padding_bytes;  // the kernel pads a perf sample so that it and its size of 4 bytes are a multiple of 8
};

void PrintTo(const Buffer& buffer, std::ostream* out) { *out << buffer.name; }

class V0Poll : public testing::TestWithParam<Buffer> {
protected:
    // What a guest prints for records [first, last] of `size` bytes.
    static std::string records(int first, int last, unsigned size) {
        std::string text;
        for (int number = first; number <= last; number++) text += fmt::format("record {} size {}\n", number, size);
        return text;
    }
    static std::string records(int first, int last) { return records(first, last, 8 + GetParam().padding_bytes); }

    // Runs a scenario with one batch to its end.
    static void expect(const std::string& scenario, const std::string& output, const std::string& error = {}) {
        Command guest(rings(scenario, {GetParam().map}));
        ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
        make_batches(1);
        EXPECT_EQ(guest.wait(), 0);
        EXPECT_EQ(guest.output(), "ready\n" + output);
        if (error.empty())
            EXPECT_EQ(guest.error(), "");
        else
            EXPECT_EQ(count(guest.error(), error), 1u) << guest.error();
    }

    // Runs a guest that polls without a timeout, with one batch, until its callback ends it.
    static void expect_end(const std::string& callback, int exit_code, const std::string& error) {
        Command guest(rings("forever", {GetParam().map, callback}));
        ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
        make_batches(1);
        EXPECT_EQ(guest.wait(), exit_code);
        EXPECT_EQ(guest.output(), "ready\n");
        EXPECT_TRUE(guest.error().find(error) != std::string::npos) << guest.error();
    }
};

INSTANTIATE_TEST_SUITE_P(, V0Poll,
                         testing::Values(Buffer{"RingBuffer", "first", 0}, Buffer{"PerfBuffer", "samples", 4}),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(V0Poll, HandsEveryRecordOverInOrderAndReturnsTheirNumber) {
    expect("batch", records(100, 104) + "poll 5\nthen 0\n");
}

TEST_P(V0Poll, ReturnsWhileProducersKeepUp) {
    Command guest(rings("busy", {GetParam().map}));
    ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
    std::jthread producer([](std::stop_token stop) {
        while (!stop.stop_requested()) syscall(SYS_getpgid, 0);
    });
    EXPECT_EQ(guest.wait(), 0);
    EXPECT_EQ(guest.output(), "ready\npoll returned records\n");
}

TEST_P(V0Poll, GivesAShortBufferWhatFitsWithItsSizeAndSaysSoOnce) {
    expect("short", records(100, 102, 16) + "poll 3\n",
           fmt::format("warning: wasm_bpf_buffer_poll: the guest's buffer of 16 bytes cuts records of {} bytes",
                       64 + GetParam().padding_bytes));
}

TEST_P(V0Poll, StopsAtANegativeResultAndKeepsTheRest) {
    expect("stop", records(100, 101) + "poll -7\n" + records(102, 104) + "then 3\n");
}

TEST_P(V0Poll, RefusesToPollABufferFromItsOwnCallback) {
    Command guest(rings("reenter", {GetParam().map}));
    ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
    make_batches(1);
    EXPECT_EQ(guest.wait(), 0);
    EXPECT_EQ(guest.output(), "ready\n" + records(100, 102) + "poll 3\n");
    EXPECT_EQ(count(guest.error(), "polled again from its own callback"), 3u) << guest.error();
}

TEST_P(V0Poll, SurvivesACallbackThatClosesItsObject) {
    Command guest(rings("close", {GetParam().map}));
    ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
    make_batches(1);
    EXPECT_EQ(guest.wait(), 0);
    EXPECT_TRUE(guest.output().starts_with("ready\n" + records(100, 100) + "close done\n" + records(101, 101)))
        << guest.output();
    EXPECT_TRUE(guest.output().ends_with("poll 3\nthen refused\n")) << guest.output();
}

TEST_P(V0Poll, EndsWithACallbackThatTraps) { expect_end("traps", 134, "the guest trapped: unreachable executed"); }
TEST_P(V0Poll, EndsWithACallbackThatExits) { expect_end("exits", 3, ""); }
TEST_P(V0Poll, TrapsWhereTheTableHasNoSuchFunction) { expect_end("is-none", 134, "out-of-bounds table access"); }
TEST_P(V0Poll, TrapsWhereTheFunctionIsOfAnotherType) {
    expect_end("is-of-another-type", 134, "indirect call to a function of another type");
}

TEST_P(V0Poll, WithoutATimeoutEndsAtCtrlC) {
    Command guest(rings("forever", {GetParam().map, "prints"}));
    ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
    make_batches(1);
    ASSERT_TRUE(guest.wait_for_output("poll 1\n")) << guest.error();
    guest.signal(SIGINT);
    EXPECT_EQ(guest.wait(), 130);
    EXPECT_EQ(guest.output(), "ready\n" + records(100, 100) + "poll 1\n");
}

TEST(V0, PollsTheSecondRingOfAnObjectAsItself) {
    Command guest(rings("two"));
    ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
    make_batches(1);
    EXPECT_EQ(guest.wait(), 0);
    EXPECT_EQ(
        guest.output(),
        "ready\nrecord 100 size 8\nrecord 101 size 8\nfirst 2\nrecord 1100 size 8\nrecord 1101 size 8\nsecond 2\n");
}

TEST(V0, ReportsWhatAPerfBufferLost) {
    Command guest(rings("lost"));
    ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
    const OneCpu one_cpu;
    make_batches(10);  // of 64 KB; a buffer holds 256 KB
    ASSERT_TRUE(guest.wait_for_output("drained\n")) << guest.error();
    make_batches(1);  // the kernel writes the number it lost before the next sample
    EXPECT_EQ(guest.wait(), 0);
    EXPECT_EQ(count(guest.error(), "warning: perf buffer \"samples\": CPU "), 1u) << guest.error();
    EXPECT_EQ(count(guest.error(), " samples: the guest reads too slowly"), 1u) << guest.error();
}

TEST(V0, AnswersEveryMistakeWithAMessageAndLivesOn) {
    Command guest(rings("mistakes"));
    EXPECT_EQ(guest.wait(), 0);
    EXPECT_EQ(guest.output(),
              "load of garbage: 0\nload from outside: 0\nload of a negative size: 0\n"
              "attach of an unknown program: -2\nattach of an unknown object: -22\nattach of a name outside: -14\n"
              "unknown map: -2\npoll of an unknown fd: -9\npoll of an array: -22\npoll of an object: -9\n"
              "poll of another object's ring: -9\npoll to outside: -14\npoll of a negative size: -14\n"
              "close of an unknown object: -22\nclose: done\nsecond close: -22\nalive\n");
    EXPECT_EQ(count(guest.error(), "\n"), 15u) << guest.error();
    for (const char* message : {"the object has no program \"nothing\"", "77 is no map of this object",
                                "map \"config\" is neither a ring buffer nor a perf buffer"})
        EXPECT_EQ(count(guest.error(), message), 1u) << guest.error();
}

}  // namespace
}  // namespace wasm_bpf::test
