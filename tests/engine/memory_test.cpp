// A guest's memory: zero when it is new, and after it was filled with zeroes that many and no more.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/guest.hpp"

namespace wasm_bpf::test {
namespace {

// `$expect VALUE FROM TO` ends the guest where a byte between two addresses is another.
constexpr std::string_view expect_function = R"((func $expect (param $value i32) (param $at i32) (param $end i32)
    (block $all (loop $next
        (br_if $all (i32.eq (local.get $at) (local.get $end)))
        (if (i32.ne (i32.load8_u (local.get $at)) (local.get $value)) (then unreachable))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))))";

void expect_passes(std::string_view body) {
    const auto ending = run(
        fmt::format(R"((module (memory (export "memory") 24) {} (func (export "_start") {})))", expect_function, body));
    EXPECT_FALSE(ending.error) << ending.error->message;
}

TEST(Memory, IsZeroWhenNew) {
    expect_passes("(call $expect (i32.const 0) (i32.const 0) (i32.const 0x180000))");
    expect_passes(R"((memory.fill (i32.const 0) (i32.const 7) (i32.const 0x180000))
        (drop (memory.grow (i32.const 24)))
        (call $expect (i32.const 7) (i32.const 0) (i32.const 0x180000))
        (call $expect (i32.const 0) (i32.const 0x180000) (i32.const 0x300000)))");
}

TEST(Memory, IsFilledByTheByte) {
    for (const int value : {0, 9})
        for (const int start : {0, 1, 4096, 70001})
            for (const int size : {0, 1, 5000, 262143, 262144, 1000001})
                expect_passes(fmt::format(R"((memory.fill (i32.const 0) (i32.const 7) (i32.const 0x180000))
                    (memory.fill (i32.const {1}) (i32.const {0}) (i32.const {2}))
                    (call $expect (i32.const 7) (i32.const 0) (i32.const {1}))
                    (call $expect (i32.const {0}) (i32.const {1}) (i32.const {3}))
                    (call $expect (i32.const 7) (i32.const {3}) (i32.const 0x180000)))",
                                          value, start, size, start + size));
}

}  // namespace
}  // namespace wasm_bpf::test
