// A guest's stores to its windows: what it may write is the kernel's memory, what it may not write ends it and nothing
// else.

#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/guest.hpp"

namespace wasm_bpf::test {
namespace {

// Windows at `rodata` and `ring`; the object is loaded, the map's handles are in globals.
constexpr std::uint32_t rodata = 0x40000, ring = 0x50000, ring_bytes = 4 * 4096, object_at = 0x10000;

std::string guest_of(std::string_view stores) {
    std::ifstream file(TEST_ENGINE_OBJECT, std::ios::binary);
    const std::string elf{std::istreambuf_iterator(file), {}};
    return fmt::format(R"((module
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
        (import "wasi_snapshot_preview1" "path_open"
            (func $open_file (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
        (import "wasm_bpf_v1" "error_text" (func $error_text (param i32 i32) (result i32)))
        (import "wasm_bpf_v1" "close" (func $close (param i32) (result i32)))
        (import "wasm_bpf_v1" "object_open" (func $open (param i32 i32 i32) (result i32)))
        (import "wasm_bpf_v1" "object_load" (func $load (param i32) (result i32)))
        (import "wasm_bpf_v1" "object_find_map" (func $find (param i32 i32 i32) (result i32)))
        (import "wasm_bpf_v1" "map_window" (func $map_window (param i32 i32 i32) (result i32)))
        (import "wasm_bpf_v1" "ring_open" (func $ring_open (result i32)))
        (import "wasm_bpf_v1" "ring_add" (func $ring_add (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 8)
        (data (i32.const 32) "file")
        (data (i32.const 0) ".rodata") (data (i32.const 16) "ring") (data (i32.const {0}) "{1}")
        (global $object (mut i32) (i32.const 0)) (global $rodata (mut i32) (i32.const 0))
        (global $ring_map (mut i32) (i32.const 0)) (global $ring (mut i32) (i32.const 0))
        ;; Exits where a call failed.
        (func $ok (param i32) (result i32)
            (if (i32.lt_s (local.get 0) (i32.const 0)) (then (call $exit (i32.sub (i32.const 0) (local.get 0)))))
            (local.get 0))
        (func $expect (param i32 i32) (if (i32.ne (local.get 0) (local.get 1)) (then (call $exit (i32.const 200)))))
        (func $prepare
            (global.set $object (call $ok (call $open (i32.const {0}) (i32.const {2}) (i32.const 0))))
            (global.set $rodata (call $ok (call $find (global.get $object) (i32.const 0) (i32.const 7))))
            (global.set $ring_map (call $ok (call $find (global.get $object) (i32.const 16) (i32.const 4))))
            (call $expect (call $map_window (global.get $rodata) (i32.const {3}) (i32.const 4096)) (i32.const 0))
            (call $expect (i32.load (i32.const {3})) (i32.const 3))
            (i32.store (i32.const {3}) (i32.const 5))
            (call $expect (call $load (global.get $object)) (i32.const 0))
            (call $expect (i32.load (i32.const {3})) (i32.const 5))
            (global.set $ring (call $ok (call $ring_open)))
            (call $expect (call $ring_add (global.get $ring) (global.get $ring_map) (i32.const {4}) (i32.const {5})) (i32.const 0)))
        ;; From a file of the guest's directory, as the C library's read() does.
        (func $read_file (param $at i32) (param $size i32)
            (call $expect (call $open_file (i32.const 3) (i32.const 0) (i32.const 32) (i32.const 4) (i32.const 0)
                                           (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 64)) (i32.const 0))
            (i32.store (i32.const 68) (local.get $at)) (i32.store (i32.const 72) (local.get $size))
            (drop (call $read (i32.load (i32.const 64)) (i32.const 68) (i32.const 1) (i32.const 76))))
        (func $stores {6})
        (func (export "_start") (call $prepare) (call $stores) (call $exit (i32.const 42)))))",
                       object_at, data_text(elf), elf.size(), rodata, ring, ring_bytes, stores);
}

// Runs the guest with a file to read.
engine::Ending run_with_file(const std::string& text) {
    const Folder folder;
    folder.write("file", std::string(8192, 'x'));
    runtime::GuestOptions options = guest_options();
    options.wasi.directories = {{folder.path(), "/", engine::Directory::Access::read_only}};
    return run(text, std::move(options));
}

void expect_others_live() { EXPECT_EQ(run(guest_of("")).exit_code, 42) << "a guest after it"; }

class StrayStores : public testing::TestWithParam<std::pair<const char*, std::string>> {};

TEST_P(StrayStores, EndTheGuestAlone) {
    const auto ending = run_with_file(guest_of(GetParam().second + " (loop $l (br $l))"));
    ASSERT_TRUE(ending.error);
    EXPECT_EQ(static_cast<int>(ending.error->kind), static_cast<int>(ErrorKind::trap)) << ending.error->message;
    EXPECT_EQ(ending.error->message, "store to a read-only window (kernel memory that the guest may only read)");
    EXPECT_FALSE(ending.stack.empty());
    expect_others_live();
}

TEST_P(StrayStores, AreToldWhereTheGuestEndsItselfNext) {
    const auto ending = run_with_file(guest_of(GetParam().second + " (call $exit (i32.const 0))"));
    ASSERT_TRUE(ending.error);
    EXPECT_EQ(ending.error->message, "store to a read-only window (kernel memory that the guest may only read)");
}

INSTANTIATE_TEST_SUITE_P(
    All, StrayStores,
    testing::Values(
        std::pair{"plain", fmt::format("(i32.store (i32.const {}) (i32.const 1))", rodata)},
        std::pair{"last_byte", fmt::format("(i32.store8 (i32.const {}) (i32.const 1))", rodata + 4095)},
        std::pair{"fill", fmt::format("(memory.fill (i32.const {}) (i32.const 1) (i32.const 8192))", rodata - 4096)},
        std::pair{"copy", fmt::format("(memory.copy (i32.const {}) (i32.const 0) (i32.const 64))", rodata)},
        std::pair{
            "host_function",
            fmt::format("(drop (call $close (i32.const -1))) (drop (call $error_text (i32.const {}) (i32.const 64)))",
                        rodata)},
        std::pair{"wasi_random", fmt::format("(drop (call $random (i32.const {}) (i32.const 64)))", rodata)},
        std::pair{"wasi_clock", fmt::format("(drop (call $clock (i32.const 1) (i64.const 0) (i32.const {})))", rodata)},
        std::pair{"wasi_read", fmt::format("(call $read_file (i32.const {}) (i32.const 64))", rodata)},
        std::pair{"wasi_read_across", fmt::format("(call $read_file (i32.const {}) (i32.const 8192))", rodata - 4096)},
        std::pair{"ring_producer", fmt::format("(i64.store (i32.const {}) (i64.const 1))", ring + 4096)},
        std::pair{"ring_data", fmt::format("(memory.fill (i32.const {}) (i32.const 1) (i32.const 8))", ring + 8192)},
        std::pair{
            "after_grow",
            fmt::format("(drop (memory.grow (i32.const 100))) (i32.store (i32.const {}) (i32.const 1))", rodata)}),
    [](const auto& store) { return std::string(store.param.first); });

TEST(Windows, ConsumerPageIsTheGuests) {
    EXPECT_EQ(
        run(guest_of(fmt::format(
                "(i64.store (i32.const {0}) (i64.const 0)) (call $expect (i32.load (i32.const {0})) (i32.const 0))",
                ring)))
            .exit_code,
        42);
}

TEST(Windows, ClosingTheObjectRestoresOrdinaryMemory) {
    EXPECT_EQ(run(guest_of(fmt::format(R"(
        (call $expect (call $close (global.get $object)) (i32.const 0))
        (call $expect (i32.load (i32.const {0})) (i32.const 0))
        (memory.fill (i32.const {0}) (i32.const 7) (i32.const 4096))
        (memory.fill (i32.const {1}) (i32.const 7) (i32.const {2}))
        (call $expect (i32.load8_u (i32.const {0})) (i32.const 7)))",
                                       rodata, ring, ring_bytes)))
                  .exit_code,
              42);
}

TEST(Windows, ClosingTheRingRestoresOrdinaryMemory) {
    EXPECT_EQ(run(guest_of(fmt::format(R"(
        (call $expect (call $close (global.get $ring)) (i32.const 0))
        (memory.fill (i32.const {0}) (i32.const 7) (i32.const {1}))
        (call $expect (i32.load8_u (i32.const {0})) (i32.const 7)))",
                                       ring, ring_bytes)))
                  .exit_code,
              42);
}

TEST(Windows, NeitherOverlapNorLieAskewNorOutside) {
    const auto second = [](std::uint32_t offset) {
        return run(guest_of(fmt::format(R"((call $exit (i32.sub (i32.const 0)
            (call $ring_add (call $ring_open) (global.get $ring_map) (i32.const {}) (i32.const {})))))",
                                        offset, ring_bytes)))
            .exit_code;
    };
    EXPECT_EQ(second(ring), EBUSY);
    EXPECT_EQ(second(ring - 4096), EBUSY);
    EXPECT_EQ(second(rodata - 3 * 4096), EBUSY);
    EXPECT_EQ(second(0x60800), EINVAL);
    EXPECT_EQ(second(0x7f000), EFAULT);
    EXPECT_EQ(second(0xfffff000), EFAULT);
    EXPECT_EQ(second(0x60000), 0);
}

TEST(Windows, BoundBeforeLoadDoNotOverlapEither) {
    EXPECT_EQ(run(guest_of(fmt::format(R"((local $other i32) (local $map i32)
        (local.set $other (call $ok (call $open (i32.const {0}) (i32.const 0x1000000) (i32.const 0)))))",
                                       object_at)))
                  .exit_code,
              EFAULT);
    std::ifstream file(TEST_ENGINE_OBJECT, std::ios::binary | std::ios::ate);
    EXPECT_EQ(run(guest_of(fmt::format(R"((local $other i32) (local $map i32)
        (local.set $other (call $ok (call $open (i32.const {0}) (i32.const {1}) (i32.const 0))))
        (local.set $map (call $ok (call $find (local.get $other) (i32.const 0) (i32.const 7))))
        (drop (call $ok (call $map_window (local.get $map) (i32.const 0x60000) (i32.const 4096))))
        (call $exit (i32.sub (i32.const 0) (call $map_window (local.get $map) (i32.const 0x60000) (i32.const 4096)))))",
                                       object_at, static_cast<long>(file.tellg()))))
                  .exit_code,
              EBUSY);
}

}  // namespace
}  // namespace wasm_bpf::test
