#pragma once
// The embedder's host functions as the engine takes them, and numbers of Wasm's as the public API has them.

#include <span>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "host_api/host.hpp"
#include "wasm_bpf/host_function.hpp"

namespace wasm_bpf {

struct OwnImports {
    // Bound to a guest's host. `functions` must outlive them.
    static std::vector<engine::OwnImport> of(std::span<const HostFunction> functions, host_api::Host& host);
};

// EINVAL where one cannot be imported: its parameters are too many, it has several results, or nothing to call.
[[nodiscard]] Result<> check_functions(std::span<const HostFunction> functions);

// Calls an export with what it declares. ENOENT, EINVAL; or the kind of error with which the guest ends.
[[nodiscard]] Result<std::vector<Value>> call_guest(engine::Instance& instance, std::string_view name,
                                                    std::span<const Value> arguments);

}  // namespace wasm_bpf
