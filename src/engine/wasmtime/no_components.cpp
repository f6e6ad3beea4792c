// In the place of component.cpp, where Wasmtime is an installed one.

#include <cerrno>

#include "engine/wasmtime/component.hpp"

namespace wasm_bpf::engine {
namespace {

std::unexpected<Error> refused() {
    return fail(EOPNOTSUPP,
                "it is a component, and this build runs core modules only: its Wasmtime was not built by deps/",
                ErrorKind::bad_module);
}

}  // namespace

bool has_components() { return false; }

Result<std::unique_ptr<Module>> compile_component(wasm_engine_t*, std::span<const std::byte>) { return refused(); }

Result<std::unique_ptr<Module>> load_compiled_component(wasm_engine_t*, std::span<const std::byte>) {
    return refused();
}

Result<std::unique_ptr<Instance>> instantiate_component(wasm_engine_t*, const Module&, InstanceOptions) {
    return refused();
}

}  // namespace wasm_bpf::engine
