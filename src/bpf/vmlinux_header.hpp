#pragma once
// The types of a kernel as a C header for BPF programs: what `bpftool btf dump … format c` prints.

#include <filesystem>
#include <string>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

// Of a file with BTF (btf_file.hpp); empty: of the running kernel, for which no privilege is needed. ENOENT where it
// has no BTF.
[[nodiscard]] Result<std::string> vmlinux_header(const std::filesystem::path& file = {});

}  // namespace wasm_bpf::bpf
