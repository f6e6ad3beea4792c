#pragma once
// Which functions a core module exports.

#include <string_view>
#include <vector>

#include "wasm_bpf/error.hpp"
#include "wasm_file/sections.hpp"

namespace wasm_bpf::wasm_file {

// Whether a module of these sections exports a function of that name. EINVAL, of kind bad_module, with what and where,
// where its exports are malformed.
[[nodiscard]] Result<bool> exports_function(const std::vector<Section>& sections, std::string_view name);

}  // namespace wasm_bpf::wasm_file
