#pragma once
// What can be read from BPF instructions before they are loaded.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

struct bpf_insn;

namespace wasm_bpf::bpf {

// Identifiers (enum bpf_func_id) of the helpers that the instructions call; each once, ascending.
[[nodiscard]] std::vector<std::uint32_t> called_helpers(std::span<const bpf_insn> instructions);

// The same of the section that holds an object's subprograms (`.text`). libbpf appends them to the programs that call
// them at load only, so a program's own instructions do not tell before.
[[nodiscard]] std::vector<std::uint32_t> subprogram_helpers(std::span<const std::byte> elf);

// The union of two such lists.
[[nodiscard]] std::vector<std::uint32_t> merge(const std::vector<std::uint32_t>& a,
                                               const std::vector<std::uint32_t>& b);

}  // namespace wasm_bpf::bpf
