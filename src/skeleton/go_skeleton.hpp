#pragma once
// The skeleton of a BPF object for guests in Go: a file with the names that bpf2go gives, which stands on sdk/go.

#include <string>

#include "skeleton/languages.hpp"

namespace wasm_bpf::skeleton {

// It embeds the object from `object_file`, which lies beside it.
[[nodiscard]] std::string go_skeleton(const SkeletonInput& input);

}  // namespace wasm_bpf::skeleton
