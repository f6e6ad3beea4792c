// How guests end: by themselves, by a trap, by what they may not have.

#include <algorithm>
#include <span>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/guest.hpp"
#include "engine/under_test.hpp"

namespace wasm_bpf::test {
namespace {

using Names = std::vector<std::string>;

constexpr std::string_view import_exit = R"((import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32))))";

// A module of `fields` with a memory.
std::string module_of(std::string_view fields) {
    return fmt::format("(module (memory (export \"memory\") 1) {})", fields);
}

std::string exiting(int code) {
    return fmt::format(
        "(module {} (memory (export \"memory\") 1) (func (export \"_start\") (call $exit (i32.const {})) unreachable))",
        import_exit, code);
}

void expect_ending(const engine::Ending& ending, ErrorKind kind, std::string_view message) {
    ASSERT_TRUE(ending.error) << "exit code " << ending.exit_code;
    EXPECT_NE(ending.error->message.find(message), std::string::npos) << ending.error->message;
    EXPECT_EQ(ending.error->message.find('\n'), std::string::npos) << ending.error->message;
    EXPECT_EQ(static_cast<int>(ending.error->kind), static_cast<int>(kind)) << ending.error->message;
}

TEST(Ending, ReturnFromStartIsExitCodeZero) {
    const auto ending = run(module_of(R"((func (export "_start")))"));
    EXPECT_FALSE(ending.error);
    EXPECT_EQ(ending.exit_code, 0);
}

TEST(Ending, EveryExitCodeIsTheGuestsOwn) {
    for (const int code : {0, 1, 125, 126, 127, 255}) {
        const auto ending = run(exiting(code));
        EXPECT_FALSE(ending.error) << code;
        EXPECT_EQ(ending.exit_code, code);
    }
    EXPECT_EQ(run(exiting(-1)).exit_code, 255) << "as a process's";
    EXPECT_EQ(run(exiting(256)).exit_code, 0) << "as a process's";
}

struct Trap {
    std::string_view name, body, message;
};
class Traps : public testing::TestWithParam<Trap> {};

TEST_P(Traps, SayWhatHappenedAndWhere) {
    const auto ending = run(fmt::format(R"((module (type $unary (func (param i32)))
        (memory (export "memory") 1) (table 4 funcref) (elem (i32.const 0) $inner)
        (func $inner {}) (func $outer (call $inner)) (func (export "_start") (call $outer))))",
                                        GetParam().body));
    expect_ending(ending, ErrorKind::trap, GetParam().message);
    if (!tells_stacks()) return;
    ASSERT_GE(ending.stack.size(), 2u);
    EXPECT_EQ(ending.stack.front(), "inner");
}

INSTANTIATE_TEST_SUITE_P(
    All, Traps,
    testing::Values(
        Trap{"unreachable", "unreachable", "unreachable executed"},
        Trap{"load", "(drop (i32.load (i32.const 65536)))", "out-of-bounds memory access"},
        Trap{"store", "(i32.store (i32.const -1) (i32.const 1))", "out-of-bounds memory access"},
        Trap{"far_load", "(drop (i64.load offset=0xffffffff (i32.const -1)))", "out-of-bounds memory access"},
        Trap{"fill", "(memory.fill (i32.const 65535) (i32.const 0) (i32.const 2))", "out-of-bounds memory access"},
        Trap{"copy", "(memory.copy (i32.const 0) (i32.const 1) (i32.const -1))", "out-of-bounds memory access"},
        Trap{"division", "(drop (i32.div_s (i32.const 1) (i32.const 0)))", "integer division by zero"},
        Trap{"overflow", "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))", "integer overflow"},
        Trap{"conversion", "(drop (i32.trunc_f32_s (f32.const nan)))", "out-of-range float"},
        Trap{"null_entry", "(call_indirect (type $unary) (i32.const 0) (i32.const 1))", "null table entry"},
        Trap{"other_type", "(call_indirect (type $unary) (i32.const 0) (i32.const 0))", "function of another type"},
        Trap{"table_bounds", "(call_indirect (type $unary) (i32.const 0) (i32.const 4))", "out-of-bounds table access"},
        Trap{"recursion", "(call $inner)", "stack overflow"}),
    [](const auto& trap) { return std::string(trap.param.name); });

TEST(Ending, StackHasNamesInnermostFirst) {
    const auto ending = run(R"((module (memory (export "memory") 1)
        (func $deepest unreachable) (func $_ZN4tool6middleEi (call $deepest))
        (func $main (call $_ZN4tool6middleEi)) (func $_start (export "_start") (call $main))))");
    EXPECT_EQ(ending.stack, (Names{"deepest", "tool::middle(int)", "main", "_start"}));
}

TEST(Ending, DeepRecursionLeavesTheHostAlive) {
    expect_ending(run(R"((module (memory (export "memory") 1)
        (func $down (param i64 i64 i64 i64) (result i64)
            (i64.add (i64.const 1) (call $down (local.get 0) (local.get 1) (local.get 2) (local.get 3))))
        (func (export "_start") (drop (call $down (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4))))))"),
                  ErrorKind::trap, "stack overflow");
    EXPECT_EQ(run(exiting(7)).exit_code, 7);
}

// Each instruction of an interpreter goes on to the next by a jump: by a call it would take stack of the host's.
class LongLoop : public testing::TestWithParam<std::pair<const char*, const char*>> {};
INSTANTIATE_TEST_SUITE_P(
    , LongLoop,
    testing::Values(std::pair("call_indirect", "(call_indirect (type $none) (i32.const 0))"),
                    std::pair("call_indirect_by_local", "(call_indirect (type $none) (local.get $zero))"),
                    std::pair("call_indirect_of_an_import", "(drop (call_indirect (type $number) (i32.const 1)))"),
                    std::pair("return_call_indirect", "(call $returns)"),
                    std::pair("return_call_indirect_by_local", "(call $returns_by_local (local.get $zero))"),
                    std::pair("memory_grow", "(drop (memory.grow (i32.const 65536)))"),
                    std::pair("table_grow", "(drop (table.grow 0 (ref.null func) (i32.const 0x7fffffff)))"),
                    std::pair("table_set", "(table.set 0 (i32.const 2) (ref.func $nothing))"),
                    std::pair("global_set", "(global.set $function (ref.func $nothing))")),
    [](const auto& tested) { return tested.param.first; });

TEST_P(LongLoop, TakesNoStackOfTheHosts) {
    const auto ending = run(fmt::format(R"((module
        (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
        (type $none (func)) (type $number (func (result i32)))
        (memory (export "memory") 1 2) (table 3 3 funcref) (elem (i32.const 0) $nothing $yield)
        (global $function (mut funcref) (ref.null func))
        (func $nothing)
        (func $returns (return_call_indirect (type $none) (i32.const 0)))
        (func $returns_by_local (param i32) (return_call_indirect (type $none) (local.get 0)))
        (func (export "_start") (local $left i32) (local $zero i32)
            (local.set $left (i32.const 900000))
            (loop $l {}
                (local.set $left (i32.sub (local.get $left) (i32.const 1)))
                (br_if $l (local.get $left))))))",
                                        GetParam().second));
    EXPECT_FALSE(ending.error) << ending.error->message;
}

TEST(Instantiation, OfASegmentThatDoesNotFitIsATrap) {
    expect_ending(run(R"((module (memory (export "memory") 1) (table 1 funcref) (func $f)
                      (elem (i32.const 1) $f) (func (export "_start"))))"),
                  ErrorKind::trap, "table");
    expect_ending(run(R"((module (memory (export "memory") 1) (data (i32.const 65536) "x") (func (export "_start"))))"),
                  ErrorKind::trap, "memory");
}

TEST(StartFunction, TrapsWithItsStack) {
    const auto ending = run(R"((module (memory (export "memory") 1) (func $begin unreachable) (start $begin)
        (func (export "_start"))))");
    expect_ending(ending, ErrorKind::trap, "unreachable executed");
    if (tells_stacks()) {
        EXPECT_EQ(ending.stack, Names{"begin"});
    }
}

TEST(StartFunction, Exits) {
    const auto ending = run(fmt::format(R"((module {} (memory (export "memory") 1)
        (func $begin (call $exit (i32.const 200)) unreachable) (start $begin) (func (export "_start"))))",
                                        import_exit));
    EXPECT_FALSE(ending.error);
    EXPECT_EQ(ending.exit_code, 200);
}

TEST(StartFunction, UsesMemoryInHostCalls) {
    const auto ending = run(fmt::format(R"((module {}
        (import "wasm_bpf_v1" "error_text" (func $error_text (param i32 i32) (result i32)))
        (memory (export "memory") 1)
        (func $begin (call $exit (call $error_text (i32.const 0) (i32.const 16)))) (start $begin) (func (export "_start") unreachable)))",
                                        import_exit));
    EXPECT_FALSE(ending.error);
    EXPECT_EQ(ending.exit_code, 0);
}

TEST(Memory, InitialSizeOverTheLimitIsABadModule) {
    runtime::GuestOptions options = guest_options();
    options.memory_limit_bytes = 1 << 20;
    expect_ending(run(R"((module (memory (export "memory") 17) (func (export "_start"))))", std::move(options)),
                  ErrorKind::bad_module, "memory");
}

TEST(Memory, ASecondOneIsABadModule) {
    expect_ending(run(R"((module (memory (export "memory") 1) (memory 1) (func (export "_start"))))", guest_options()),
                  ErrorKind::bad_module, "several memories");
}

TEST(Memory, GrowsToTheLimitAndNoFurther) {
    runtime::GuestOptions options = guest_options();
    options.memory_limit_bytes = 1 << 20;
    EXPECT_FALSE(run(R"((module (memory (export "memory") 1) (func (export "_start")
        (if (i32.ne (memory.grow (i32.const 15)) (i32.const 1)) (then unreachable))
        (i32.store (i32.const 1048572) (i32.const 1))
        (if (i32.ne (memory.grow (i32.const 1)) (i32.const -1)) (then unreachable)))))",
                     std::move(options))
                     .error);
}

TEST(Memory, GrownPartIsZeroAndTheRestKept) {
    EXPECT_FALSE(run(R"((module (memory (export "memory") 1) (func (export "_start")
        (i32.store (i32.const 65532) (i32.const 42))
        (drop (memory.grow (i32.const 3)))
        (if (i32.ne (i32.load (i32.const 65532)) (i32.const 42)) (then unreachable))
        (if (i32.load (i32.const 262140)) (then unreachable)))))")
                     .error);
}

TEST(Memory, LiesOnAFourGibBoundary) {
    auto module = engine().compile(wat(R"((module (memory (export "memory") 1) (func (export "_start"))))")).value();
    engine::InstanceOptions options;
    auto instance = engine().instantiate(*module, std::move(options)).value();
    EXPECT_FALSE(instance->run("_start").error);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(instance->memory().data()) & 0xffffffff, 0u);
    EXPECT_EQ(instance->memory().size(), 65536u);
}

TEST(Memory, TableGrowsWithinALimit) {
    EXPECT_FALSE(run(R"((module (memory (export "memory") 1) (table 1 funcref) (func (export "_start")
        (if (i32.ne (table.grow 0 (ref.null func) (i32.const 0x7fffffff)) (i32.const -1)) (then unreachable))
        (if (i32.ne (table.grow 0 (ref.null func) (i32.const 100)) (i32.const 1)) (then unreachable)))))")
                     .error);
    expect_ending(run(R"((module (memory (export "memory") 1) (table 100000000 funcref) (func (export "_start"))))"),
                  ErrorKind::bad_module, "table");
    std::string tables;
    for (int i = 0; i < 5; i++) tables += "(table 1000000 funcref)";
    expect_ending(run(fmt::format(R"((module (memory (export "memory") 1) {} (func (export "_start"))))", tables)),
                  ErrorKind::bad_module, "table");
}

TEST(Module, UnknownImportIsNamed) {
    expect_ending(
        run(R"((module (import "env" "pthread_create" (func)) (memory (export "memory") 1) (func (export "_start"))))"),
        ErrorKind::bad_module, "env::pthread_create");
}

TEST(Module, ItsNamesReachNoTerminal) {
    expect_ending(
        run(R"((module (import "e\1b[2J" "a\c2\9b1m" (func)) (memory (export "memory") 1) (func (export "_start"))))"),
        ErrorKind::bad_module, "e?[2J::a?1m");
    // The text format has no such names for functions.
    auto module = wat(R"((module (memory (export "memory") 1) (func $x_2Jy unreachable)
        (func (export "_start") (call $x_2Jy))))");
    const auto name = std::ranges::search(module, std::as_bytes(std::span("x_2Jy", 5)));
    ASSERT_FALSE(name.empty());
    name[1] = std::byte{0x1b};
    const auto ending = run(module);
    ASSERT_TRUE(ending.error);
    if (!tells_stacks()) return;
    EXPECT_EQ(ending.stack.front(), "x?2Jy");
}

TEST(Module, ImportOfAnotherSignatureIsNamed) {
    expect_ending(run(R"((module (import "wasm_bpf" "wasm_load_bpf_object" (func (param i32) (result i32)))
        (memory (export "memory") 1) (func (export "_start"))))"),
                  ErrorKind::bad_module, "wasm_bpf::wasm_load_bpf_object");
}

TEST(Module, ImportedMemoryIsRefused) {
    expect_ending(run(R"((module (import "env" "memory" (memory 1)) (func (export "_start"))))"), ErrorKind::bad_module,
                  "env::memory");
}

TEST(Module, WithoutStartIsNoCommand) {
    expect_ending(run(R"((module (memory (export "memory") 1)))"), ErrorKind::bad_module, "\"_start\"");
    expect_ending(run(R"((module (memory (export "memory") 1) (global (export "_start") i32 (i32.const 0))))"),
                  ErrorKind::bad_module, "\"_start\"");
    expect_ending(run(R"((module (memory (export "memory") 1) (func (export "_start") (param i32))))"),
                  ErrorKind::bad_module, "\"_start\"");
}

TEST(Module, WithoutMemoryGetsErrorsFromHostCalls) {
    EXPECT_FALSE(run(R"((module
        (import "wasm_bpf_v1" "error_text" (func $error_text (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (func (export "_start")
            (if (i32.ne (call $error_text (i32.const 0) (i32.const 1)) (i32.const -14)) (then unreachable))
            (if (i32.ne (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)) (i32.const 21)) (then unreachable)))))")
                     .error);
}

TEST(Module, WhatIsNoModuleIsRefused) {
    const auto refused = [](std::vector<std::byte> bytes, std::string_view message) {
        expect_ending(run(bytes), ErrorKind::bad_module, message);
    };
    const auto bytes_of = [](std::string_view text) {
        const auto* first = reinterpret_cast<const std::byte*>(text.data());
        return std::vector(first, first + text.size());
    };
    refused({}, "empty");
    refused(bytes_of("#!/bin/sh\necho hello\n"), "not a Wasm module");
    refused(bytes_of("(module)"), "not a Wasm module");
    refused(bytes_of(std::string_view("\0asm\x01\0\0\0\x01\xff\xff\xff\xff\xff", 14)), "not a Wasm module");
    auto cut = wat(exiting(0));
    cut.resize(cut.size() - 3);
    refused(cut, "not a Wasm module");
    refused(bytes_of(std::string_view("\0asm\x0d\0\x01\0", 8)), "component");
    refused(bytes_of("\x7f"
                     "ELF\2\1\1"),
            "ELF");
}

TEST(Module, RunsMoreThanOnceSideBySide) {
    auto module = engine()
                      .compile(wat(R"((module (memory (export "memory") 1) (global $n (mut i32) (i32.const 0))
        (func (export "_start") (global.set $n (i32.add (global.get $n) (i32.const 1)))
            (if (i32.ne (global.get $n) (i32.const 1)) (then unreachable)))))"))
                      .value();
    std::vector<std::unique_ptr<runtime::Guest>> guests;
    for (int i = 0; i < 8; i++) guests.push_back(runtime::Guest::load(engine(), *module, {}).value());
    for (auto& guest : guests) EXPECT_FALSE(guest->run().error);
}

}  // namespace
}  // namespace wasm_bpf::test
