#pragma once
// What the compilers of languages need that `wasm-bpf build` does not know: the BPF half as an object file, and where
// the C SDK lies.

#include <filesystem>
#include <string>
#include <vector>

#include "toolchain/guest_build.hpp"

namespace wasm_bpf::toolchain {

// Compiles the one BPF source of `build` (with its flags) to the object `build.output`, or beside the source, and gives
// its path. vmlinux.h is the running kernel's where the source has none of its own.
[[nodiscard]] BuildResult<std::filesystem::path> build_object(const GuestBuild& build);

struct CFlags {
    std::vector<std::string> compile;  // folders of headers, and what the C library asks to be defined
    std::vector<std::string> link;     // libbpf for guests
};

// For C, or for languages that read its headers. Links to the system's kernel headers are made in `folder`.
[[nodiscard]] Result<CFlags> c_flags(const std::filesystem::path& folder);

}  // namespace wasm_bpf::toolchain
