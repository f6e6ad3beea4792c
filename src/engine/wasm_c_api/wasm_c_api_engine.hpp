#pragma once
// The engine on the standard C API, wasm.h: wasmi, or another that has it (docs/minimal.md).

#include <memory>

#include "engine/engine.hpp"

namespace wasm_bpf::engine {

[[nodiscard]] Result<std::unique_ptr<Engine>> make_wasm_c_api_engine();

}  // namespace wasm_bpf::engine
