#pragma once
// Components in Wasmtime: compiled, and run. Not there in a build with an installed Wasmtime, whose C API alone cannot
// carry data at a reasonable cost (docs/components.md).

#include <wasmtime.h>

#include "engine/engine.hpp"

namespace wasm_bpf::engine {

// Whether this build runs components.
[[nodiscard]] bool has_components();

// The engine must outlive what they give.
[[nodiscard]] Result<std::unique_ptr<Module>> compile_component(wasm_engine_t* engine, std::span<const std::byte> wasm);
[[nodiscard]] Result<std::unique_ptr<Module>> load_compiled_component(wasm_engine_t* engine,
                                                                      std::span<const std::byte> compiled);
// Of one that these made.
[[nodiscard]] Result<std::unique_ptr<Instance>> instantiate_component(wasm_engine_t* engine, const Module& component,
                                                                      InstanceOptions options);

}  // namespace wasm_bpf::engine
