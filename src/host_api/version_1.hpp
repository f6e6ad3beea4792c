#pragma once
// The host functions of version 1, one file a noun. What each does is said in guest_abi/imports.cpp.

#include <vector>

#include "engine/engine.hpp"

namespace wasm_bpf::host_api {

[[nodiscard]] std::vector<engine::HostImport> general_imports();
[[nodiscard]] std::vector<engine::HostImport> object_imports();
[[nodiscard]] std::vector<engine::HostImport> map_imports();
[[nodiscard]] std::vector<engine::HostImport> program_imports();
[[nodiscard]] std::vector<engine::HostImport> ring_imports();
// The six of version 0.
[[nodiscard]] std::vector<engine::HostImport> version_0_imports();

}  // namespace wasm_bpf::host_api
