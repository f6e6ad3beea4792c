#pragma once
// The step of a build that compares the structs that both sides share (shared_layouts.hpp).

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "toolchain/step.hpp"
#include "toolchain/tools.hpp"

namespace wasm_bpf::toolchain {

struct LayoutCheck {
    std::vector<std::filesystem::path> bpf_objects = {};    // with DWARF; so the guest's
    std::vector<std::filesystem::path> guest_objects = {};  // compiled to Wasm, not to bitcode
    std::vector<std::filesystem::path> own_folders = {};    // of ours: what they declare is not the user's
    std::set<std::string> unshared = {};
};

// Fails, for the sources' cause, with every conflict. `folder` is for what is made on the way.
[[nodiscard]] BuildResult<> run_layout_check(const LayoutCheck& check, const Tools& tools,
                                             const std::filesystem::path& folder, StepRunner& runner);

}  // namespace wasm_bpf::toolchain
