#pragma once
// The engine on Wasmtime's C API.

#include <memory>

#include "engine/engine.hpp"

namespace wasm_bpf::engine {

[[nodiscard]] Result<std::unique_ptr<Engine>> make_wasmtime_engine();

}  // namespace wasm_bpf::engine
