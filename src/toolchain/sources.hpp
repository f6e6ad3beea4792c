#pragma once
// Which files a build is made of.

#include <filesystem>
#include <vector>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::toolchain {

struct Sources {
    std::vector<std::filesystem::path> bpf;    // *.bpf.c
    std::vector<std::filesystem::path> guest;  // the other *.c
    std::filesystem::path default_output;
};

// Sorts out what the user named: files, or one folder. EINVAL with the way out where nothing can be built of it.
[[nodiscard]] Result<Sources> find_sources(const std::vector<std::filesystem::path>& named);

// "dir/x.bpf.c" -> "x".
[[nodiscard]] std::filesystem::path stem(const std::filesystem::path& source);

}  // namespace wasm_bpf::toolchain
