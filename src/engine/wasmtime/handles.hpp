#pragma once
// Owners for the C API's pointers, and its texts as ours.

#include <wasmtime.h>

#include <string>

#include "engine/owned.hpp"

namespace wasm_bpf::engine {

using OwnedEngine = Owned<wasm_engine_t, wasm_engine_delete>;
using OwnedStore = Owned<wasmtime_store_t, wasmtime_store_delete>;
using OwnedLinker = Owned<wasmtime_linker_t, wasmtime_linker_delete>;
using OwnedReady = Owned<wasmtime_instance_pre_t, wasmtime_instance_pre_delete>;
using OwnedModule = Owned<wasmtime_module_t, wasmtime_module_delete>;
using OwnedError = Owned<wasmtime_error_t, wasmtime_error_delete>;
using OwnedTrap = Owned<wasm_trap_t, wasm_trap_delete>;
using OwnedFunctionType = Owned<wasm_functype_t, wasm_functype_delete>;

// The whole text of an error or a trap; may have several lines.
[[nodiscard]] std::string text_of(const wasmtime_error_t* error);
[[nodiscard]] std::string text_of(const wasm_trap_t* trap);
// An error and its causes in one line, with colons between them.
[[nodiscard]] std::string line_of(const wasmtime_error_t* error);

}  // namespace wasm_bpf::engine
