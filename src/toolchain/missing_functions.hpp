#pragma once
// What a link that failed lacked of libbpf.

#include <filesystem>
#include <string>
#include <vector>

#include "toolchain/tools.hpp"

namespace wasm_bpf::toolchain {

// A line for each function of libbpf's that the objects (LLVM's bitcode) call and guests do not have: why, and what to
// do instead. Empty where they call none.
[[nodiscard]] std::string missing_functions(const Tools& tools, const std::vector<std::filesystem::path>& objects);

}  // namespace wasm_bpf::toolchain
