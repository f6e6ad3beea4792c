// An embedder sends a guest signals.

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bpf/fd.hpp"
#include "engine/guest.hpp"

namespace wasm_bpf::test {
namespace {

// A guest that asks for `action` on SIGUSR1, says that it is ready, and then does `body`. Its handler notes the signal.
std::string guest_of(std::string_view action, std::string_view body) {
    return fmt::format(R"((module {}
        (import "wasm_bpf_v1" "signal_action" (func $action (param i32 i32 i64 i32) (result i32)))
        (import "wasm_bpf_v1" "signal_suspend" (func $suspend (param i64) (result i32)))
        (import "wasm_bpf_v1" "ring_open" (func $ring_open (result i32)))
        (import "wasm_bpf_v1" "ring_wait" (func $ring_wait (param i32 i32) (result i32)))
        (memory (export "memory") 1) (global $handled (mut i32) (i32.const 0))
        (func (export "wasm_bpf_signal") (param i32) (result i32) (global.set $handled (local.get 0)) (i32.const 0))
        {}
        (func $check (param i32) (if (i32.eqz (local.get 0)) (then unreachable)))
        (func (export "_start")
            (call $check (i32.eqz (call $action (i32.const 10) (i32.const {}) (i64.const 0) (i32.const 0))))
            (call $ready) {}
            (call $check (i32.eq (global.get $handled) (i32.const 10))))))",
                       ready_import, ready_function, action, body);
}

constexpr std::string_view loop = "(loop $l (br_if $l (i32.eqz (global.get $handled))))";

TEST(GuestSignal, RunsTheHandlerWhereTheGuestComputes) {
    Background guest(guest_of("2", loop));
    guest.wait_until_ready();
    EXPECT_FALSE(guest.signal(SIGUSR1));
    EXPECT_FALSE(guest.ending().error);
}

TEST(GuestSignal, EndsAWait) {
    for (const auto* wait :
         {"(call $check (i32.eq (call $suspend (i64.const 0)) (i32.const -4)))",
          "(call $check (i32.eq (call $ring_wait (call $ring_open) (i32.const -1)) (i32.const -4)))"}) {
        Background guest(guest_of("2", wait));
        guest.wait_until_ready();
        EXPECT_FALSE(guest.signal(SIGUSR1));
        const auto ending = guest.ending();
        EXPECT_FALSE(ending.error) << ending.error->message;
    }
}

TEST(GuestSignal, EndsAGuestWithoutAHandlerAsItEndsAProcess) {
    Background guest(guest_of("0", loop));
    guest.wait_until_ready();
    EXPECT_FALSE(guest.signal(SIGWINCH)) << "ignored by default";
    EXPECT_FALSE(guest.signal(0));
    EXPECT_FALSE(guest.signal(65));
    EXPECT_TRUE(guest.signal(SIGUSR1));
    const auto ending = guest.ending();
    ASSERT_TRUE(ending.error);
    EXPECT_EQ(static_cast<int>(ending.error->kind), static_cast<int>(ErrorKind::stopped));
    EXPECT_EQ(ending.error->message, "the guest was ended by signal 10");
    EXPECT_EQ(ending.exit_code, 128 + SIGUSR1);
}

TEST(GuestSignal, KillEndsAGuestThatHandlesAllElse) {
    Background guest(guest_of("1", loop));
    guest.wait_until_ready();
    EXPECT_FALSE(guest.signal(SIGUSR1)) << "ignored by the guest";
    EXPECT_TRUE(guest.signal(SIGKILL));
    EXPECT_EQ(guest.ending().exit_code, 128 + SIGKILL);
}

// An engine may move the memory then, out of which the host writes.
TEST(GuestSignal, HandlerThatGrowsTheMemoryDuringAWriteIsFollowed) {
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    const bpf::Fd reader(ends[0]), saved(dup(1));
    dup2(ends[1], 1);
    close(ends[1]);
    Background guest(fmt::format(R"((module {}
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasm_bpf_v1" "signal_action" (func $action (param i32 i32 i64 i32) (result i32)))
        (memory (export "memory") 4) {}
        (func (export "wasm_bpf_signal") (param i32) (result i32)
            (if (i32.eq (memory.grow (i32.const 100)) (i32.const -1)) (then unreachable))
            (i32.const 0))
        (func (export "_start")
            (memory.fill (i32.const 1024) (i32.const 65) (i32.const 200000))
            (drop (call $action (i32.const 10) (i32.const 3) (i64.const 0) (i32.const 0)))
            (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 200000))
            (call $ready)
            (if (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)) (then unreachable))
            (if (i32.ne (i32.load (i32.const 8)) (i32.const 200000)) (then unreachable)))))",
                                 ready_import, ready_function));
    guest.wait_until_ready();
    // The pipe is full, so that the guest waits.
    for (int there = 0; there < 65536;) ASSERT_EQ(ioctl(reader.get(), FIONREAD, &there), 0);
    EXPECT_FALSE(guest.signal(SIGUSR1));
    std::string text;
    char block[4096];
    while (text.size() < 200000) {
        const ssize_t size = read(reader.get(), block, sizeof(block));
        ASSERT_GT(size, 0);
        text.append(block, static_cast<std::size_t>(size));
    }
    dup2(saved.get(), 1);
    const auto ending = guest.ending();
    EXPECT_FALSE(ending.error) << ending.error->message;
    EXPECT_EQ(text, std::string(200000, 'A'));
}

// Each time through the host.
TEST(GuestSignal, HandlerThatRaisesItsOwnSignalForEverOverflowsTheGuestsStack) {
    const auto ending = run(R"((module
        (import "wasm_bpf_v1" "signal_action" (func $action (param i32 i32 i64 i32) (result i32)))
        (import "wasm_bpf_v1" "signal_raise" (func $raise (param i32) (result i32)))
        (memory (export "memory") 1)
        (func (export "wasm_bpf_signal") (param i32) (result i32) (call $raise (i32.const 10)))
        (func (export "_start")
            (drop (call $action (i32.const 10) (i32.const 2) (i64.const 0) (i32.const 0)))
            (drop (call $raise (i32.const 10))) unreachable)))");
    ASSERT_TRUE(ending.error);
    EXPECT_EQ(static_cast<int>(ending.error->kind), static_cast<int>(ErrorKind::trap));
    EXPECT_NE(ending.error->message.find("stack overflow"), std::string::npos) << ending.error->message;
}

TEST(GuestSignal, HandlerThatNeverReturnsIsStopped) {
    Background guest(fmt::format(R"((module {}
        (import "wasm_bpf_v1" "signal_action" (func $action (param i32 i32 i64 i32) (result i32)))
        (import "wasm_bpf_v1" "signal_raise" (func $raise (param i32) (result i32)))
        (memory (export "memory") 1)
        {}
        (func (export "wasm_bpf_signal") (param i32) (result i32) (call $ready) (loop $l (br $l)) unreachable)
        (func (export "_start")
            (drop (call $action (i32.const 10) (i32.const 2) (i64.const 0x200) (i32.const 0)))
            (drop (call $raise (i32.const 10))) unreachable)))",
                                 ready_import, ready_function));
    guest.wait_until_ready();
    EXPECT_FALSE(guest.signal(SIGUSR1)) << "waits: the handler blocks it";
    guest.stop();
    const auto ending = guest.ending();
    ASSERT_TRUE(ending.error);
    EXPECT_EQ(ending.error->message, "the guest was stopped");
    EXPECT_EQ(ending.exit_code, 0);
}

}  // namespace
}  // namespace wasm_bpf::test
