#pragma once
// The types of the running kernel as a C header for BPF programs: what `bpftool btf dump … format c` prints.

#include <string>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

// Reads /sys/kernel/btf/vmlinux, for which no privilege is needed. ENOENT where the kernel has no BTF.
[[nodiscard]] Result<std::string> vmlinux_header();

}  // namespace wasm_bpf::bpf
