#pragma once
// What can be read from BPF instructions before they are loaded.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct bpf_insn;

namespace wasm_bpf::bpf {

// Identifiers (enum bpf_func_id) of the helpers that the instructions call; each once, ascending.
[[nodiscard]] std::vector<std::uint32_t> called_helpers(std::span<const bpf_insn> instructions);

// The same of the section that holds an object's subprograms (`.text`). libbpf appends them to the programs that call
// them at load only, so a program's own instructions do not tell before.
[[nodiscard]] std::vector<std::uint32_t> subprogram_helpers(std::span<const std::byte> elf);

// The place of the first instruction that names something of the host or the kernel by number: a map by fd, a kernel
// function by BTF id. A compiler writes names, which libbpf turns into numbers at load. -1 where there is none.
[[nodiscard]] std::ptrdiff_t find_raw_number(std::span<const bpf_insn> instructions);

// Names of the kernel functions that the object declares, and its programs may call; weak ones too.
[[nodiscard]] std::vector<std::string> declared_kfuncs(std::span<const std::byte> elf);

// The content of every section of that name, as it is in the file.
void each_section(std::span<const std::byte> elf, std::string_view name,
                  const std::function<void(std::span<const std::byte>)>& visit);

// `name` of `name___flavor`: what libbpf looks for in the kernel (libbpf.c: bpf_core_essential_name_len).
[[nodiscard]] std::string_view essential_name(std::string_view name);

// The union of two such lists.
[[nodiscard]] std::vector<std::uint32_t> merge(const std::vector<std::uint32_t>& a,
                                               const std::vector<std::uint32_t>& b);

}  // namespace wasm_bpf::bpf
