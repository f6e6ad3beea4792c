#pragma once
// The skeleton of a BPF object for guests in Rust: a module that stands on sdk/rust, with the names that libbpf-cargo's
// skeletons have.

#include <string>

#include "skeleton/languages.hpp"

namespace wasm_bpf::skeleton {

// It embeds the object's file, which must lie beside it.
[[nodiscard]] std::string rust_skeleton(const SkeletonInput& input);

// A module of types alone.
[[nodiscard]] std::string rust_types_module(const bpf::ObjectDescription& types);

}  // namespace wasm_bpf::skeleton
