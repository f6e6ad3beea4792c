#pragma once
// How a call into the guest ended, from the C API's error and trap.

#include <wasmtime.h>

#include "engine/engine.hpp"

namespace wasm_bpf::engine {

// Takes both; one of them is set.
[[nodiscard]] Ending ending_of(wasmtime_error_t* error, wasm_trap_t* trap);

}  // namespace wasm_bpf::engine
