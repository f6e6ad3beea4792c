#pragma once
// Guests that are packages of a language with a build tool of its own: it compiles them around the skeletons made here.

#include <filesystem>

#include "toolchain/guest_steps.hpp"
#include "toolchain/sources.hpp"

namespace wasm_bpf::toolchain {

// Everything up to the linked module, steps.linked(output), of what find_package() found.
BuildResult<> build_package(GuestSteps& steps, const Sources& sources, const std::filesystem::path& output);

}  // namespace wasm_bpf::toolchain
