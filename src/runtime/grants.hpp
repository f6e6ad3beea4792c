#pragma once
// What a policy gives a guest through WASI.

#include "engine/engine.hpp"
#include "policy/policy.hpp"

namespace wasm_bpf::runtime {

// The environment, with values from the process's own where the policy gives none, and the directories, which are
// there.
[[nodiscard]] Result<engine::WasiOptions> granted_by(const policy::Policy& policy);

// ENOTDIR where it is none.
[[nodiscard]] Result<> check_directory(const std::string& path);

}  // namespace wasm_bpf::runtime
