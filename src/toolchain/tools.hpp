#pragma once
// The programs and folders of the system that a build uses.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::toolchain {

struct Tools {
    std::filesystem::path clang;
    std::filesystem::path linker;        // wasm-ld
    std::filesystem::path strip;         // llvm-strip
    std::filesystem::path disassembler;  // llvm-dis
    std::filesystem::path debug_lister;  // llvm-dwarfdump
};

// ENOENT with the tool's name and its Debian package where one is missing; so below.
[[nodiscard]] Result<Tools> find_tools();

// The program of that name on the PATH, or nothing.
[[nodiscard]] std::filesystem::path find_program(std::string_view name);

// wasm-opt, which only release builds need.
[[nodiscard]] Result<std::filesystem::path> find_optimizer();

// The whole path of what clang looks for, for Wasm, by an option as --print-file-name=libc.a; empty where it finds
// none.
[[nodiscard]] std::filesystem::path find_for_wasm(const Tools& tools, const char* option);

// What asks wasi-libc's headers for the POSIX calls that it has stand-ins for.
[[nodiscard]] std::vector<std::string> emulation_flags();

// Whether clang finds the C library and the compiler's own library for Wasm.
[[nodiscard]] Result<> check_wasi(const Tools& tools);
// A start of programs that runs constructors and destructors itself; empty where there is none. With the usual one the
// linker puts calls of both around every export, and WASI's adapter calls one, for memory, in the midst of a write.
[[nodiscard]] std::filesystem::path find_plain_start(const Tools& tools);
// The folder of the C++ library's headers for Wasm, which must be searched before any of the C library's.
[[nodiscard]] Result<std::filesystem::path> find_cpp_headers(const Tools& tools);

// Header folders of ours.
struct Sdk {
    std::filesystem::path include;      // what guests have beside libbpf's API
    std::filesystem::path library;      // libbpf's functions for guests
    std::filesystem::path compat;       // what the guests' C library lacks
    std::filesystem::path templates;    // what `wasm-bpf new` starts from: a folder for each kind
    std::filesystem::path allocator;    // a source file that is linked into every guest
    std::filesystem::path cpp_include;  // the layer for C++
    std::filesystem::path bpf_include;  // libbpf's own headers, with the kernel headers that go with them
    std::filesystem::path wit;          // the package wasm-bpf:bpf, for components
    std::filesystem::path rust_crate;   // the crate of guests in Rust
    std::filesystem::path go_module;    // the module of guests in Go
};

// In $WASM_BPF_SDK, or in ../share/wasm-bpf/sdk of the running program, or where this was built.
[[nodiscard]] Result<Sdk> find_sdk();

// Makes `folder`/system hold links to the system's kernel headers (linux/, asm/, asm-generic/) and to nothing else of
// /usr/include, whose C library's headers do not suit a guest; and `folder`/libbpf links to libbpf's own headers and
// the kernel's that come with it, which know more than most systems' but are few.
[[nodiscard]] Result<> link_kernel_headers(const std::filesystem::path& folder, const Sdk& sdk);

// "x86": as in __TARGET_ARCH_x86 of libbpf's bpf_tracing.h.
[[nodiscard]] std::string bpf_target_architecture();

}  // namespace wasm_bpf::toolchain
