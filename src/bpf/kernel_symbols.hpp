#pragma once
// The kernel's symbols and where they are (/proc/kallsyms).

#include <cstdint>
#include <string_view>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

// Texts live to the process's end.
struct KernelSymbol {
    std::uint64_t address;
    std::string_view name;
    std::string_view module;  // empty: the kernel itself
};

// Thread-safe. The table is read at the first question and kept to the process's end: what is loaded later is not in it
// (docs/kernel_facts.md has its cost). ENOENT where there is no such symbol; EPERM, with a text that says what to do,
// where the kernel shows this process no addresses.

// Of several of one name (functions of different files), the one with the lowest address.
[[nodiscard]] Result<KernelSymbol> kernel_symbol(std::string_view name);
// The symbol with the highest address that is not above this one; of several there, the first in the kernel's list.
[[nodiscard]] Result<KernelSymbol> kernel_symbol_at(std::uint64_t address);

}  // namespace wasm_bpf::bpf
