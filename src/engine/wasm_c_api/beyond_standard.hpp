#pragma once
// What wasm.h does not have and the seam can use. wasmi.cpp has it, by deps/min; standard_only.cpp is linked in its
// place where the library is another engine's, and says of each that it is missing.

#include <wasm.h>

#include <span>
#include <string>
#include <string_view>

#include "engine/wasm_c_api/handles.hpp"

namespace wasm_bpf::engine::beyond_standard {

[[nodiscard]] std::string_view engine_name();

[[nodiscard]] wasm_engine_t* new_engine();

// Whether a guest that computes passes the checkpoint of call(). Where it does not, only what waits can be interrupted.
[[nodiscard]] bool has_checkpoints();

// What memory and tables may grow to, of everything that is instantiated in the store from now on; nothing where the
// engine cannot tell (the module's own limits then).
void limit_growth(wasm_store_t* store, std::uint64_t memory_bytes, std::uint32_t table_elements);

// Why wasm_module_new refuses it; may be empty.
[[nodiscard]] std::string refusal(wasm_store_t* store, const wasm_byte_vec_t& binary);

// One of trap_texts; empty where the trap's own message is all that there is.
[[nodiscard]] std::string_view trap_text(const wasm_trap_t* trap);

// Its own message.
[[nodiscard]] std::string message(const wasm_trap_t* trap);

// As wasm_func_call, with a checkpoint every few milliseconds, which may call the guest; where it returns false the
// call ends with a trap.
[[nodiscard]] wasm_trap_t* call(const wasm_func_t* function, std::span<const wasm_val_t> parameters,
                                std::span<wasm_val_t> results, bool (*checkpoint)(void*), void* environment);

}  // namespace wasm_bpf::engine::beyond_standard
