#pragma once
// Which imports this host has.

#include <string_view>

namespace wasm_bpf::inspect {

// Of version 0 or 1 of the guest ABI, or of WASI preview 1.
[[nodiscard]] bool is_known_import(std::string_view module, std::string_view name);

// What an import's module is, for a person: "guest ABI, version 1"; empty for one that this host does not have.
[[nodiscard]] std::string_view describe_import_module(std::string_view module);

}  // namespace wasm_bpf::inspect
