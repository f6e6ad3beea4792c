#pragma once
// The engine on Wasmtime's C API.

#include <memory>

#include "engine/engine.hpp"

namespace wasm_bpf::engine {

struct WasmtimeOptions {
    bool compile_in_parallel = true;  // on threads that the process has from the first time on
};

[[nodiscard]] Result<std::unique_ptr<Engine>> make_wasmtime_engine(const WasmtimeOptions& options = {});

}  // namespace wasm_bpf::engine
