#pragma once
// vmlinux.h of the running kernel, for BPF programs that include it and have none of their own.

#include <filesystem>
#include <vector>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::toolchain {

// Whether one of these files, or a header beside them or in one of the folders, includes vmlinux.h while none lies
// beside it or in a folder.
[[nodiscard]] bool needs_vmlinux_header(const std::vector<std::filesystem::path>& sources,
                                        const std::vector<std::filesystem::path>& include_folders);

// The folder that holds vmlinux.h: vmlinux-… in user_cache_folder(), one for each kernel build,, or below `fallback`
// where there is no such place.
[[nodiscard]] Result<std::filesystem::path> vmlinux_header_folder(const std::filesystem::path& fallback);

}  // namespace wasm_bpf::toolchain
