#pragma once
// compile_commands.json, from which clangd and other tools learn how each source is compiled.

#include <filesystem>
#include <string>
#include <vector>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::toolchain {

struct CompileCommand {
    std::filesystem::path source;
    std::filesystem::path output;
    std::vector<std::string> arguments;
};

// Puts the commands into the file, which is made where it is not there. Those of other sources stay in it.
[[nodiscard]] Result<> update_compile_commands(const std::filesystem::path& file,
                                               const std::vector<CompileCommand>& commands);

}  // namespace wasm_bpf::toolchain
