#pragma once
// From the sources of a libbpf program to one .wasm: BPF objects, their skeletons, the guest.

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "toolchain/step.hpp"

namespace wasm_bpf::toolchain {

struct GuestBuild {
    std::vector<std::filesystem::path> sources;  // files, or one folder whose .c files they are
    std::filesystem::path output;                // empty: beside the sources, named after the BPF source or the folder
    std::vector<std::string> guest_flags;        // for clang, after ours
    std::vector<std::string> bpf_flags;
    std::function<void(const std::string&)> log = [](const std::string&) {};  // gets each command that is run
};

// Writes the .wasm and gives its path. Steps whose output is up to date are skipped. What is made on the way lies in
// .wasm-bpf/NAME beside the output: the stripped objects, the skeletons. The compiler's messages go to standard error.
[[nodiscard]] BuildResult<std::filesystem::path> build_guest(const GuestBuild& build);

}  // namespace wasm_bpf::toolchain
