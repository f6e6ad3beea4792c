#pragma once
// Where what is kept for all of a user's guests lies: compiled modules, libraries, headers.

#include <filesystem>

namespace wasm_bpf {

// $WASM_BPF_CACHE, $XDG_CACHE_HOME/wasm-bpf or ~/.cache/wasm-bpf; empty where none of them is set. Nothing is made.
[[nodiscard]] std::filesystem::path user_cache_folder();

}  // namespace wasm_bpf
