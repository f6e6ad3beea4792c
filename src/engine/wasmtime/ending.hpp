#pragma once
// How a call into the guest ended, from the C API's error and trap.

#include <wasmtime.h>

#include "engine/engine.hpp"

namespace wasm_bpf::engine {

// Takes both; one of them is set.
[[nodiscard]] Ending ending_of(wasmtime_error_t* error, wasm_trap_t* trap);

// What a trap of the engine's is; empty for one that it has better words for.
[[nodiscard]] std::string_view trap_text(wasmtime_trap_code_t code);

// A function's name for messages: not mangled, where Clang or rustc did as C++'s ABI does.
[[nodiscard]] std::string shown_name(std::string name);

}  // namespace wasm_bpf::engine
