#pragma once
// BTF of the running kernel out of a module, for a kernel that has none of its own.

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "runtime/file.hpp"

namespace wasm_bpf::runtime {

struct CarriedKernelTypes {
    std::optional<ReadableFile> file;  // what the module carries for the running kernel
    std::string why_not;               // where it carries nothing for it, or nothing that makes sense
};

// What libbpf could not digest is none. To be asked where bpf::kernel_has_btf() is false.
[[nodiscard]] CarriedKernelTypes carried_kernel_types(std::span<const std::byte> module);

}  // namespace wasm_bpf::runtime
