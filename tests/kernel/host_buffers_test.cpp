// Guests with buffers of all three kinds: hostile calls, and ends of every sort. The test's main fails where an event,
// a set or any other file of the host's is left open.

#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/guest.hpp"

namespace wasm_bpf::test {
namespace {

constexpr std::uint32_t object_at = 0x10000, perf_window = 0x40000, user_window = 0x50000, ring_window = 0x60000;

enum class Way { windows, copies };

// A guest that has a ring, a user ring and a perf buffer (indices 0, 1, 2) in $set, and then does `body`.
std::string guest_of(Way way, std::string_view body) {
    std::ifstream file(TEST_ENGINE_OBJECT, std::ios::binary);
    const std::string elf{std::istreambuf_iterator(file), {}};
    const bool windows = way == Way::windows;
    return fmt::format(
        R"((module {0}
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (import "wasm_bpf_v1" "close" (func $close (param i32) (result i32)))
        (import "wasm_bpf_v1" "object_open" (func $open (param i32 i32 i32) (result i32)))
        (import "wasm_bpf_v1" "object_load" (func $load (param i32) (result i32)))
        (import "wasm_bpf_v1" "object_find_map" (func $find (param i32 i32 i32) (result i32)))
        (import "wasm_bpf_v1" "ring_open" (func $ring_open (result i32)))
        (import "wasm_bpf_v1" "ring_add" (func $ring_add (param i32 i32 i32 i32) (result i32)))
        (import "wasm_bpf_v1" "perf_ring_add" (func $perf_ring_add (param i32 i32 i32 i32 i32) (result i32)))
        (import "wasm_bpf_v1" "ring_wait" (func $wait (param i32 i32) (result i32)))
        (import "wasm_bpf_v1" "ring_read" (func $read (param i32 i32 i32 i32) (result i32)))
        (import "wasm_bpf_v1" "ring_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasm_bpf_v1" "ring_info" (func $info (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 8)
        (data (i32.const 0) "ring") (data (i32.const 16) "user") (data (i32.const 32) "perf")
        (data (i32.const 64) "\20\00\00\00\00\00\00\00\00\00\00\00\01") ;; struct wasm_bpf_perf_ring_options: CPU 0, a page
        (data (i32.const {1}) "{2}")
        (global $object (mut i32) (i32.const 0)) (global $set (mut i32) (i32.const 0))
        (global $ring (mut i32) (i32.const 0)) (global $user (mut i32) (i32.const 0)) (global $perf (mut i32) (i32.const 0))
        (func $ok (param i32) (result i32)
            (if (i32.lt_s (local.get 0) (i32.const 0)) (then (call $exit (i32.sub (i32.const 0) (local.get 0)))))
            (local.get 0))
        (func $expect (param i32 i32)
            (if (i32.ne (local.get 0) (local.get 1)) (then (call $exit (i32.const 200)))))
        (func $prepare
            (global.set $object (call $ok (call $open (i32.const {1}) (i32.const {3}) (i32.const 0))))
            (call $expect (call $load (global.get $object)) (i32.const 0))
            (global.set $ring (call $ok (call $find (global.get $object) (i32.const 0) (i32.const 4))))
            (global.set $user (call $ok (call $find (global.get $object) (i32.const 16) (i32.const 4))))
            (global.set $perf (call $ok (call $find (global.get $object) (i32.const 32) (i32.const 4))))
            (global.set $set (call $ok (call $ring_open)))
            (call $expect (call $ok (call $ring_add (global.get $set) (global.get $ring) (i32.const {4}) (i32.const {5}))) (i32.const 0))
            (call $expect (call $ok (call $ring_add (global.get $set) (global.get $user) (i32.const {6}) (i32.const {5}))) (i32.const 1))
            (call $expect (call $ok (call $perf_ring_add (global.get $set) (global.get $perf) (i32.const 64) (i32.const {7}) (i32.const {8}))) (i32.const 2)))
        {9}
        (func (export "_start") (call $prepare) {10} (call $exit (i32.const 42)))))",
        ready_import, object_at, data_text(elf), elf.size(), windows ? ring_window : 0, windows ? 4 * 4096 : 0,
        windows ? user_window : 0, windows ? perf_window : 0, windows ? 2 * 4096 : 0, ready_function, body);
}

class GuestBuffers : public testing::TestWithParam<Way> {
protected:
    static engine::Ending run_with(std::string_view body) { return run(guest_of(GetParam(), body)); }
    static void expect_ends_itself(std::string_view body) {
        const auto ending = run_with(body);
        EXPECT_EQ(ending.exit_code, 42) << body << (ending.error ? ending.error->message : "");
    }
};

INSTANTIATE_TEST_SUITE_P(, GuestBuffers, testing::Values(Way::windows, Way::copies),
                         [](const auto& tested) { return tested.param == Way::windows ? "Windows" : "Copies"; });

TEST_P(GuestBuffers, LeaveNothingAtAnEndOfAnySort) {
    expect_ends_itself("");
    expect_ends_itself("(drop (call $close (global.get $set)))");
    expect_ends_itself("(drop (call $close (global.get $object)))");
    expect_ends_itself("(drop (call $close (global.get $object))) (drop (call $close (global.get $set)))");
    EXPECT_EQ(static_cast<int>(run_with("unreachable").error->kind), static_cast<int>(ErrorKind::trap));
}

TEST_P(GuestBuffers, LeaveNothingWhereTheGuestIsStopped) {
    for (const char* body : {"(call $ready) (loop $l (br $l))",
                             "(call $ready) (loop $l (drop (call $wait (global.get $set) (i32.const -1))) (br $l))"}) {
        Background guest(guest_of(GetParam(), body));
        guest.wait_until_ready();
        guest.stop();
        const auto ending = guest.ending();
        ASSERT_TRUE(ending.error);
        EXPECT_EQ(static_cast<int>(ending.error->kind), static_cast<int>(ErrorKind::stopped));
    }
}

// That each refused call is refused, and for what, is told by its errno.
TEST_P(GuestBuffers, RefuseWhatIsNotTheirs) {
    const int efault = -14, einval = -22, ebadf = -9, enoent = -2;
    const auto expect = [](std::string_view call, int result) {
        expect_ends_itself(fmt::format("(call $expect (call {}) (i32.const {}))", call, result));
    };
    for (const char* function : {"$read", "$write", "$info"}) {
        expect(fmt::format("{} (global.get $set) (i32.const 0) (i32.const 0x7fff8) (i32.const 16)", function), efault);
        expect(fmt::format("{} (global.get $set) (i32.const 0) (i32.const 16) (i32.const -8)", function), efault);
        expect(fmt::format("{} (global.get $set) (i32.const 0) (i32.const -1) (i32.const 2)", function), efault);
        expect(fmt::format("{} (global.get $set) (i32.const 3) (i32.const 0) (i32.const 16)", function), enoent);
        expect(fmt::format("{} (global.get $set) (i32.const -1) (i32.const 0) (i32.const 16)", function), enoent);
        expect(fmt::format("{} (global.get $object) (i32.const 0) (i32.const 0) (i32.const 16)", function), ebadf);
        expect(fmt::format("{} (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16)", function), ebadf);
    }
    expect("$read (global.get $set) (i32.const 1) (i32.const 0) (i32.const 16)", einval);
    expect("$write (global.get $set) (i32.const 0) (i32.const 0) (i32.const 16)", einval);
    expect("$write (global.get $set) (i32.const 2) (i32.const 0) (i32.const 16)", einval);
    // Where a window may be, and where the options are.
    for (const char* window : {"(i32.const 0x20010) (i32.const 0x2000)", "(i32.const 0x20000) (i32.const 0x4000)",
                               "(i32.const 0x20000) (i32.const 0x1000)", "(i32.const 0x20000) (i32.const 0)",
                               "(i32.const 0x20000) (i32.const -4096)"}) {
        expect(fmt::format("$perf_ring_add (global.get $set) (global.get $perf) (i32.const 64) {}", window), einval);
    }
    expect("$perf_ring_add (global.get $set) (global.get $perf) (i32.const 64) (i32.const 0x7f000) (i32.const 0x2000)",
           efault);
    expect("$perf_ring_add (global.get $set) (global.get $perf) (i32.const 0x7fffd) (i32.const 0) (i32.const 0)",
           efault);
    expect("$perf_ring_add (global.get $set) (global.get $ring) (i32.const 64) (i32.const 0) (i32.const 0)", einval);
    expect("$perf_ring_add (global.get $set) (global.get $object) (i32.const 64) (i32.const 0) (i32.const 0)", ebadf);
    expect("$ring_add (global.get $set) (global.get $perf) (i32.const 0) (i32.const 0)", einval);
    expect("$ring_add (global.get $set) (global.get $ring) (i32.const 0) (i32.const 4096)", einval);
}

TEST(GuestBufferWindows, MayNotLieOverEachOther) {
    for (const std::uint32_t window : {perf_window, user_window, ring_window}) {
        const auto ending = run(guest_of(
            Way::windows, fmt::format("(call $expect (call $perf_ring_add (global.get $set) (global.get $perf) "
                                      "(i32.const 64) (i32.const {}) (i32.const 0x2000)) (i32.const -16))",
                                      window)));
        EXPECT_EQ(ending.exit_code, 42);
    }
}

// The guest writes over everything that it may write to, and the next one finds a host that works.
TEST(GuestBufferWindows, FullOfNonsenseHarmNoOne) {
    const std::string fill = fmt::format(
        "(memory.fill (i32.const {}) (i32.const 0x5a) (i32.const 4096)) "  // consumer page of the ring
        "(memory.fill (i32.const {}) (i32.const 0xff) (i32.const {})) "    // producer page and data of the user ring
        "(memory.fill (i32.const {}) (i32.const 0x5a) (i32.const 4096)) "  // struct perf_event_mmap_page
        "(drop (call $wait (global.get $set) (i32.const 1)))"
        "(drop (call $info (global.get $set) (i32.const 0) (i32.const 256) (i32.const 24)))",
        ring_window, user_window + 4096, 4096 + 2 * 4096, perf_window);
    for (const char* end : {"", "(drop (call $close (global.get $set)))", "(drop (call $close (global.get $object)))"})
        EXPECT_EQ(run(guest_of(Way::windows, fill + end)).exit_code, 42);
}

TEST(GuestBufferWindows, OfAUserRingHaveTheConsumersPageReadOnly) {
    const auto ending =
        run(guest_of(Way::windows, fmt::format("(i64.store (i32.const {}) (i64.const 1))", user_window)));
    ASSERT_TRUE(ending.error);
    EXPECT_NE(ending.error->message.find("read-only window"), std::string::npos) << ending.error->message;
}

}  // namespace
}  // namespace wasm_bpf::test
