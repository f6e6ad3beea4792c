#pragma once
// The BPF objects that a module carries: ELF images in its data.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "inspect/wasm_module.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::inspect {

struct EmbeddedObject {
    std::uint64_t offset = 0;    // in the guest's memory, or in its segment where that has no place of its own
    std::vector<std::byte> elf;  // as long as its own headers say
};

// In the order of their places. EINVAL, of kind bad_module, where one is cut off, where data lies outside of memory,
// and for more of either than any module needs.
[[nodiscard]] Result<std::vector<EmbeddedObject>> find_objects(const WasmModule& module);

}  // namespace wasm_bpf::inspect
