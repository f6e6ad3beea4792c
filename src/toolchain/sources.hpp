#pragma once
// Which files a build is made of.

#include <filesystem>
#include <vector>

#include "skeleton/languages.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::toolchain {

struct Sources {
    std::vector<std::filesystem::path> bpf;    // *.bpf.c
    std::vector<std::filesystem::path> guest;  // the other *.c, and *.cpp; of a package its folder
    std::filesystem::path default_output;
    const skeleton::Language* language = nullptr;  // of a package; null: C and C++
};

// Sorts out what the user named: files, one folder, or "folder/x" for its x.bpf.c and x.c (or x.cpp), to which more
// files may be added. EINVAL with the way out where nothing can be built of it.
[[nodiscard]] Result<Sources> find_sources(const std::vector<std::filesystem::path>& named);

// The same of one folder with the manifest of a language that has packages of its own (Cargo.toml): its *.bpf.c, there,
// in src/, in src/bpf/ or in bpf/. No language where it is none.
[[nodiscard]] Result<Sources> find_package(const std::vector<std::filesystem::path>& named);

[[nodiscard]] bool is_cpp(const std::filesystem::path& source);

// "dir/x.bpf.c" -> "x".
[[nodiscard]] std::filesystem::path stem(const std::filesystem::path& source);

}  // namespace wasm_bpf::toolchain
