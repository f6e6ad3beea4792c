#pragma once
// Guests in C and C++: compiled by clang against the SDK's libbpf.

#include <filesystem>

#include "toolchain/guest_steps.hpp"
#include "toolchain/sources.hpp"

namespace wasm_bpf::toolchain {

// Everything up to the linked module, steps.linked(output); of a component its core, with the bindings of its world,
// where that has a folder.
BuildResult<> build_c_guest(GuestSteps& steps, const Sources& sources, const component_file::WitSource& world,
                            const std::filesystem::path& output);

}  // namespace wasm_bpf::toolchain
