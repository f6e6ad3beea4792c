#pragma once
// Which interfaces of components this host gives.

#include <string_view>
#include <vector>

namespace wasm_bpf::component_file {

// Whether an interface of that name ("wasi:cli/stdout@0.2.12") is this host's to give: WASI's and wasm-bpf:bpf.
enum class HostInterface { none, known, unknown_version };
[[nodiscard]] HostInterface host_interface(std::string_view name);

// What the names of all of them begin with, whatever the version.
[[nodiscard]] std::vector<std::string_view> host_packages();

}  // namespace wasm_bpf::component_file
