#pragma once
// A module that stands between host code and the engine's own WASI functions. These look for the memory of the Wasm
// instance that calls them: called by the host itself they find none.

#include <cstdint>
#include <span>
#include <vector>

#include "engine/engine.hpp"

namespace wasm_bpf::engine {

// Imports `guest`.`memory` and every function; exports that memory and, by their names, functions that only call them.
[[nodiscard]] std::vector<std::uint8_t> forwarding_module(std::span<const ShadowImport> functions);

}  // namespace wasm_bpf::engine
