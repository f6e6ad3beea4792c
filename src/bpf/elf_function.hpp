#pragma once
// Where a function is in a program's or library's file.

#include <cstdint>
#include <string>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

// The offset in the file, as uprobes take it, of the function of that name; a weak symbol gives way to another. ENOENT
// where there is none, ESRCH where there are several. libbpf's own look-up for multi-uprobes fails with ENOENT where
// the file has no .symtab, whatever .dynsym says.
[[nodiscard]] Result<std::uint64_t> function_offset(const std::string& file, const std::string& name);

}  // namespace wasm_bpf::bpf
