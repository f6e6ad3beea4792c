// In the place of wasmi.cpp, for a library of which nothing is known but that it has wasm.h.

#include "engine/wasm_c_api/beyond_standard.hpp"

namespace wasm_bpf::engine::beyond_standard {

std::string_view engine_name() { return WASM_BPF_WASM_C_API_NAME; }

wasm_engine_t* new_engine() { return wasm_engine_new(); }

bool has_checkpoints() { return false; }

void limit_growth(wasm_store_t*, std::uint64_t, std::uint32_t) {}

std::string refusal(wasm_store_t*, const wasm_byte_vec_t&) { return {}; }

std::string_view trap_text(const wasm_trap_t*) { return {}; }

std::string message(const wasm_trap_t* trap) {
    wasm_message_t message;
    wasm_trap_message(trap, &message);
    std::string text(message.data, message.size);
    wasm_byte_vec_delete(&message);
    return text;
}

wasm_trap_t* call(const wasm_func_t* function, std::span<const wasm_val_t> parameters, std::span<wasm_val_t> results,
                  bool (*)(void*), void*) {
    const wasm_val_vec_t in{parameters.size(), const_cast<wasm_val_t*>(parameters.data())};  // which are only read
    wasm_val_vec_t out{results.size(), results.data()};
    return wasm_func_call(function, &in, &out);
}

}  // namespace wasm_bpf::engine::beyond_standard
