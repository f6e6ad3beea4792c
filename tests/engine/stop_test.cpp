// A guest ends in bounded time, wherever it is when it is told to.

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "bpf/fd.hpp"
#include "engine/folder.hpp"
#include "engine/guest.hpp"

namespace wasm_bpf::test {
namespace {

// Takes the place of standard input for a test.
class Input {
public:
    Input() : saved_(dup(0)) {
        int ends[2];
        if (pipe(ends) != 0) std::abort();
        dup2(ends[0], 0);
        close(ends[0]);
        writer_.reset(ends[1]);
    }
    ~Input() { dup2(saved_.get(), 0); }
    void write(std::string_view text) const {
        ASSERT_EQ(::write(writer_.get(), text.data(), text.size()), ssize_t(text.size()));
    }

private:
    bpf::Fd saved_, writer_;
};

// Locals come first in a function.
std::string with_ready(std::string_view body) {
    const std::string_view local = "(local $i i32)";
    if (body.starts_with(local)) return fmt::format("{} (call $ready) {}", local, body.substr(local.size()));
    return fmt::format("(call $ready) {}", body);
}

// A guest that says that it is ready and then does `body`.
std::string guest_of(std::string_view body) {
    return fmt::format(R"((module {}
        (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
        (import "wasm_bpf_v1" "ring_open" (func $ring_open (result i32)))
        (import "wasm_bpf_v1" "ring_wait" (func $ring_wait (param i32 i32) (result i32)))
        (memory (export "memory") 1)
        (data (i32.const 0) "\40\00\00\00\10\00\00\00")
        {}
        (func (export "_start") {} unreachable)))",
                       ready_import, ready_function, with_ready(body));
}

void expect_stopped(std::string_view text) {
    const Input input;
    Background guest(text);
    guest.wait_until_ready();
    guest.stop();
    const auto ending = guest.ending();
    ASSERT_TRUE(ending.error);
    EXPECT_EQ(static_cast<int>(ending.error->kind), static_cast<int>(ErrorKind::stopped)) << ending.error->message;
}

constexpr std::string_view sleep_for_ever = R"(
    (i64.store (i32.const 128) (i64.const 7)) (i32.store8 (i32.const 136) (i32.const 0)) (i32.store (i32.const 144) (i32.const 1))
    (i64.store (i32.const 152) (i64.const 0x7fffffffffffffff))
    (drop (call $poll (i32.const 128) (i32.const 256) (i32.const 1) (i32.const 512))))";

TEST(Stop, EndsALoop) { expect_stopped(guest_of("(loop $l (br $l))")); }
TEST(Stop, EndsALoopOfCalls) {
    expect_stopped(guest_of("(loop $l (drop (call $ring_wait (i32.const 0) (i32.const 0))) (br $l))"));
}
TEST(Stop, EndsAReadOfInput) {
    expect_stopped(guest_of("(drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))"));
}
TEST(Stop, EndsASleep) { expect_stopped(guest_of(sleep_for_ever)); }
// 17 subscriptions: the first of them, 17 times.
TEST(Stop, EndsASleepForManyTimesAtOnce) {
    expect_stopped(guest_of(R"((local $i i32)
        (loop $fill
            (i64.store (i32.add (i32.const 1024) (local.get $i)) (i64.const 7))
            (i32.store (i32.add (i32.const 1040) (local.get $i)) (i32.const 1))
            (i64.store (i32.add (i32.const 1048) (local.get $i)) (i64.const 0x7fffffffffffffff))
            (br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 48))) (i32.const 816))))
        (drop (call $poll (i32.const 1024) (i32.const 4096) (i32.const 17) (i32.const 512))))"));
}
TEST(Stop, EndsAPollOfInput) {
    expect_stopped(guest_of(R"((i32.store8 (i32.const 136) (i32.const 1)) (i32.store (i32.const 144) (i32.const 0))
        (drop (call $poll (i32.const 128) (i32.const 256) (i32.const 1) (i32.const 512))))"));
}
TEST(Stop, EndsARingWait) { expect_stopped(guest_of("(drop (call $ring_wait (call $ring_open) (i32.const -1)))")); }

// Takes the place of standard output for a test: a pipe, or a named one, which nobody reads.
class UnreadOutput {
public:
    enum class Pipe { without_name, named };
    explicit UnreadOutput(Pipe kind) : saved_(dup(1)) {
        int ends[2];
        if (pipe(ends) != 0) std::abort();
        reader_.reset(ends[0]);
        if (kind == Pipe::named) {
            const Folder folder;
            const std::string path = folder.path() / "output";
            if (mkfifo(path.c_str(), 0600) != 0) std::abort();
            reader_.reset(open(path.c_str(), O_RDWR | O_CLOEXEC));
            close(ends[1]);
            ends[1] = open(path.c_str(), O_WRONLY | O_CLOEXEC);
        }
        dup2(ends[1], 1);
        close(ends[1]);
    }
    ~UnreadOutput() { dup2(saved_.get(), 1); }
    [[nodiscard]] std::string read_some() const {
        std::string text(65536, 0);
        text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, ::read(reader_.get(), text.data(), text.size()))));
        return text;
    }

private:
    bpf::Fd saved_, reader_;
};

// Writes the whole memory again and again.
constexpr std::string_view write_for_ever = R"(
    (i32.store (i32.const 1024) (i32.const 0)) (i32.store (i32.const 1028) (i32.const 65536))
    (loop $l (drop (call $write (i32.const 1) (i32.const 1024) (i32.const 1) (i32.const 8))) (br $l)))";

class OutputPipe : public testing::TestWithParam<UnreadOutput::Pipe> {};
INSTANTIATE_TEST_SUITE_P(, OutputPipe, testing::Values(UnreadOutput::Pipe::without_name, UnreadOutput::Pipe::named),
                         [](const auto& tested) {
                             return tested.param == UnreadOutput::Pipe::named ? "Named" : "WithoutName";
                         });

TEST_P(OutputPipe, IsNotWaitedForByAGuestThatIsStopped) {
    const UnreadOutput output(GetParam());
    expect_stopped(guest_of(write_for_ever));
}

TEST_P(OutputPipe, TakesAllHoweverSlowlyItIsRead) {
    const UnreadOutput output(GetParam());
    Background guest(
        guest_of(R"((i32.store (i32.const 1024) (i32.const 0)) (i32.store (i32.const 1028) (i32.const 65536))
        (i32.store (i32.const 1032) (i32.const 100)) (i32.store (i32.const 1036) (i32.const 65436))
        (if (call $write (i32.const 1) (i32.const 1024) (i32.const 2) (i32.const 8)) (then unreachable))
        (if (i32.ne (i32.load (i32.const 8)) (i32.const 130972)) (then unreachable)) (return))"));
    guest.wait_until_ready();
    std::size_t bytes = 0;
    while (bytes < 130972) bytes += output.read_some().size();
    EXPECT_EQ(bytes, 130972u);
    const auto ending = guest.ending();
    EXPECT_FALSE(ending.error) << ending.error->message;
}

TEST(Stop, EndsAStartFunction) {
    expect_stopped(fmt::format(R"((module {} (memory (export "memory") 1) {}
        (func $begin (call $ready) (loop $l (br $l))) (start $begin) (func (export "_start"))))",
                               ready_import, ready_function));
}

TEST(Stop, BeforeTheRunLetsNothingRun) {
    auto module =
        engine().compile(wat(R"((module (memory (export "memory") 1) (func (export "_start") unreachable)))")).value();
    auto guest = runtime::Guest::load(engine(), *module, {}).value();
    guest->stop();
    const auto ending = guest->run();
    ASSERT_TRUE(ending.error);
    EXPECT_EQ(static_cast<int>(ending.error->kind), static_cast<int>(ErrorKind::stopped));
}

TEST(Stop, OfOneGuestLeavesTheOtherRunning) {
    Background other(guest_of("(loop $l (br $l))"));
    other.wait_until_ready();
    expect_stopped(guest_of("(loop $l (br $l))"));
    other.stop();
    EXPECT_TRUE(other.ending().error);
}

TEST(Input, IsReadAsItComes) {
    const Input input;
    input.write("x");
    EXPECT_FALSE(run(R"((module
        (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1) (data (i32.const 0) "\40\00\00\00\10\00\00\00")
        (func (export "_start")
            (if (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)) (then unreachable))
            (if (i32.ne (i32.load (i32.const 8)) (i32.const 1)) (then unreachable))
            (if (i32.ne (i32.load8_u (i32.const 64)) (i32.const 120)) (then unreachable)))))")
                     .error);
}

}  // namespace
}  // namespace wasm_bpf::test
