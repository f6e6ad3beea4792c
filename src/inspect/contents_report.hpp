#pragma once
// What `wasm-bpf inspect` prints.

#include <string>

#include "inspect/contents.hpp"
#include "inspect/json.hpp"

namespace wasm_bpf::inspect {

// For a person, in 80 columns. `name`: the file's.
[[nodiscard]] std::string contents_text(const Contents& contents, const std::string& name);
// For programs: docs/inspect.md describes it.
[[nodiscard]] std::string contents_json(const Contents& contents, const std::string& name);

// Of the above what components need too: one BPF object, and what contents_text() and contents_json() are for them.
enum class Place { file_of_its_own, module };
[[nodiscard]] std::string object_text(const ObjectContents& object, Place place);
[[nodiscard]] std::string component_text(const ComponentContents& component, const std::string& name);
[[nodiscard]] Json contents_value(const Contents& contents);
[[nodiscard]] Json component_value(const ComponentContents& component);

}  // namespace wasm_bpf::inspect
