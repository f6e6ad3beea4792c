#pragma once
// Guests of the tests of `wasm-bpf run`, and the command on them.

#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "engine/folder.hpp"
#include "engine/wat.hpp"
#include "support/command.hpp"

namespace wasm_bpf::test {

// A module with the usual WASI imports; buffers: an iovec at 0 of the text at 1024, numbers at 512.
inline std::string module_text(std::string_view main, std::string_view text = "") {
    return fmt::format(R"((module
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "path_open"
            (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        (memory (export "memory") 4)
        (data (i32.const 0) "\00\04\00\00{}") (data (i32.const 1024) "{}")
        (func $say (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 512))))
        (func $print (param i32 i32)
            (i32.store (i32.const 0) (local.get 0)) (i32.store (i32.const 4) (local.get 1)) (call $say))
        (func (export "_start") {})))",
                       data_text(std::string{static_cast<char>(text.size()), 0, 0, 0}), data_text(text), main);
}

inline std::string write_module(const Folder& folder, std::string_view main, std::string_view text = "",
                                std::string_view name = "guest.wasm") {
    return folder.write(name, wat(module_text(main, text)));
}

// What a guest does: prints its arguments, each with its terminator.
inline constexpr std::string_view print_arguments = R"(
    (drop (call $args_sizes (i32.const 512) (i32.const 516))) (drop (call $args (i32.const 65536) (i32.const 131072)))
    (call $print (i32.const 131072) (i32.load (i32.const 516))))";
inline constexpr std::string_view print_environment = R"(
    (drop (call $environ_sizes (i32.const 512) (i32.const 516))) (drop (call $environ (i32.const 65536) (i32.const 131072)))
    (call $print (i32.const 131072) (i32.load (i32.const 516))))";
// These say their text first: a test waits for it.
inline constexpr std::string_view loop = "(call $say) (loop $l (br $l))";
inline constexpr std::string_view sleep = R"((call $say)
    (i32.store (i32.const 144) (i32.const 1)) (i64.store (i32.const 152) (i64.const 0x7fffffffffffffff))
    (drop (call $poll (i32.const 128) (i32.const 256) (i32.const 1) (i32.const 512))))";
inline constexpr std::string_view read_input = R"((call $say)
    (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 512))))";

// One run to its end. No cache, so that nothing stays behind.
struct Ran {
    explicit Ran(std::vector<std::string> arguments, std::map<std::string, std::string> environment = {}) {
        environment.try_emplace("WASM_BPF_CACHE", std::string(TEST_GUEST_DIR) + "/cache-" + std::to_string(geteuid()));
        Command command(wasm_bpf(std::move(arguments)), environment);
        exit_code = command.wait();
        output = command.output();
        error = command.error();
    }
    int exit_code;
    std::string output, error;
};

// Whether text is one line that says all of `parts`.
inline bool is_line_with(const std::string& text, std::vector<std::string> parts) {
    if (!text.starts_with("wasm-bpf: ") || text.find('\n') != text.size() - 1) return false;
    for (const std::string& part : parts)
        if (text.find(part) == text.npos) return false;
    return true;
}

}  // namespace wasm_bpf::test
