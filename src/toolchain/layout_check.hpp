#pragma once
// The step of a build that compares what both sides share: structs (shared_layouts.hpp), and what the guest gives to
// map calls and reads of BPF's memory (memory_use_conflicts.hpp).

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "toolchain/step.hpp"
#include "toolchain/tools.hpp"

namespace wasm_bpf::toolchain {

struct GuestDebugObject {
    std::filesystem::path object;                // compiled to Wasm, not to bitcode, with DWARF
    std::vector<std::string> print_syntax = {};  // the command that prints its source's syntax tree
};

struct LayoutCheck {
    std::vector<std::filesystem::path> bpf_objects = {};  // with DWARF
    std::vector<GuestDebugObject> guest_objects = {};
    std::vector<std::filesystem::path> own_folders = {};  // of ours: what they declare is not the user's
    std::set<std::string> unshared = {};
};

// Fails, for the sources' cause, with every conflict. `folder` is for what is made on the way.
[[nodiscard]] BuildResult<> run_layout_check(const LayoutCheck& check, const Tools& tools,
                                             const std::filesystem::path& folder, StepRunner& runner);

}  // namespace wasm_bpf::toolchain
