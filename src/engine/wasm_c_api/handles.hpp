#pragma once
// Owners for the C API's pointers and vectors.

#include <wasm.h>

#include <string_view>

#include "engine/owned.hpp"

namespace wasm_bpf::engine {

using OwnedEngine = Owned<wasm_engine_t, wasm_engine_delete>;
using OwnedStore = Owned<wasm_store_t, wasm_store_delete>;
using OwnedModule = Owned<wasm_module_t, wasm_module_delete>;
using OwnedSharedModule = Owned<wasm_shared_module_t, wasm_shared_module_delete>;
using OwnedInstance = Owned<wasm_instance_t, wasm_instance_delete>;
using OwnedFunction = Owned<wasm_func_t, wasm_func_delete>;
using OwnedFunctionType = Owned<wasm_functype_t, wasm_functype_delete>;
using OwnedTrap = Owned<wasm_trap_t, wasm_trap_delete>;

// A vector that the API fills, with what it holds.
template <typename T, auto function>
struct OwnedVector {
    OwnedVector() = default;
    OwnedVector(const OwnedVector&) = delete;
    OwnedVector& operator=(const OwnedVector&) = delete;
    ~OwnedVector() { function(&items); }
    T items{};
};

using ImportTypes = OwnedVector<wasm_importtype_vec_t, wasm_importtype_vec_delete>;
using ExportTypes = OwnedVector<wasm_exporttype_vec_t, wasm_exporttype_vec_delete>;
using Externs = OwnedVector<wasm_extern_vec_t, wasm_extern_vec_delete>;

[[nodiscard]] inline std::string_view text_of(const wasm_byte_vec_t* name) { return {name->data, name->size}; }

}  // namespace wasm_bpf::engine
