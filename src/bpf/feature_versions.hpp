#pragma once
// With which Linux the kernel's numbers for BPF came.

#include <cstdint>
#include <string>

namespace wasm_bpf::bpf {

// "5.8"; empty for what is older than Linux 5.2, the first with BTF, and for a number that the table does not know.
[[nodiscard]] std::string helper_since(std::uint32_t helper);            // enum bpf_func_id
[[nodiscard]] std::string map_type_since(std::uint32_t type);            // enum bpf_map_type
[[nodiscard]] std::string program_type_since(std::uint32_t type);        // enum bpf_prog_type
[[nodiscard]] std::string attach_type_since(std::uint32_t attach_type);  // enum bpf_attach_type

// Whether a kernel (KERNEL_VERSION(major, minor, patch)) is at least that one; true for an empty text.
[[nodiscard]] bool is_since(std::uint32_t kernel_version, const std::string& since);

}  // namespace wasm_bpf::bpf
