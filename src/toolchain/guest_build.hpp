#pragma once
// From the sources of a libbpf program to one .wasm: BPF objects, their skeletons, the guest.

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "toolchain/component_steps.hpp"
#include "toolchain/step.hpp"

namespace wasm_bpf::toolchain {

struct GuestBuild {
    std::vector<std::filesystem::path> sources;  // as find_sources() takes them
    std::filesystem::path output;                // empty: beside the sources, named after the BPF source or the folder
    std::vector<std::filesystem::path> include_folders = {};  // of both sides
    std::vector<std::string> defines = {};                    // "X" and "X=1", of both sides
    std::vector<std::string> guest_flags = {};                // for clang, after ours
    std::vector<std::string> bpf_flags = {};
    std::set<std::string> unshared = {};  // structs whose layouts may differ though both sides use them: "event"
    std::optional<ComponentOptions> component = {};  // nothing: a module
    // As small as it gets, for which the functions' names are given up too.
    bool release = false;
    std::vector<std::string> btf = {};            // kernels' BTF to carry of, as find_kernel_types() takes it
    std::filesystem::path compile_commands = {};  // a compile_commands.json to write, where not empty
    std::filesystem::path depfile = {};           // likewise, of what the module is made of
    std::function<void(const std::string&)> log = [](const std::string&) {};  // gets each command that is run
};

// Writes the .wasm, a module or a component, and gives its path. Steps whose output is up to date are skipped. What is
// made on the way lies in .wasm-bpf/NAME beside the output: the stripped objects, the skeletons. The compiler's
// messages go to standard error.
[[nodiscard]] BuildResult<std::filesystem::path> build_guest(const GuestBuild& build);

}  // namespace wasm_bpf::toolchain
