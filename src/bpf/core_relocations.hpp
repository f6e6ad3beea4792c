#pragma once
// The CO-RE relocations of an object, by two of its sections alone (kernel: Documentation/bpf/llvm_reloc.rst).

#include <cstddef>
#include <span>
#include <vector>

#include "bpf/object_code.hpp"

namespace wasm_bpf::bpf {

// Each that differs once, by the object's BTF and its section .BTF.ext; records that cannot be read are left out.
[[nodiscard]] std::vector<CoreRelocation> core_relocations(const btf* types, std::span<const std::byte> btf_ext);

}  // namespace wasm_bpf::bpf
