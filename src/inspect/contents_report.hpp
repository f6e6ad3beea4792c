#pragma once
// What `wasm-bpf inspect` prints.

#include <string>

#include "inspect/contents.hpp"

namespace wasm_bpf::inspect {

// For a person, in 80 columns. `name`: the file's.
[[nodiscard]] std::string contents_text(const Contents& contents, const std::string& name);
// For programs: docs/inspect.md describes it.
[[nodiscard]] std::string contents_json(const Contents& contents, const std::string& name);

}  // namespace wasm_bpf::inspect
