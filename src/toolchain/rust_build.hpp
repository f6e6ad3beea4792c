#pragma once
// Guests in Rust: Cargo packages.

#include <filesystem>

#include "toolchain/guest_steps.hpp"
#include "toolchain/sources.hpp"

namespace wasm_bpf::toolchain {

// Has cargo compile the package's program against the SDK's crate `wasm-bpf`, by a configuration that is written to
// folder/cargo.toml: `cargo --config` of that file does the same by hand. The standard library is that of rustup's
// target wasm32-wasip1 where it is installed, else Debian's source of it, compiled once and kept in the user's cache.
BuildResult<> build_rust_guest(GuestSteps& steps, const Sources& sources, const std::filesystem::path& output);

}  // namespace wasm_bpf::toolchain
