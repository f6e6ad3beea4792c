#pragma once
// Whether a BPF object file is as compilers write them, where libbpf takes that on trust: a guest's object may be made
// to break its host.

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace wasm_bpf::bpf {

// What is wrong with its sections, symbols, instructions or relocations, for a person; nothing where they are sound.
// What libbpf itself refuses is not looked for.
[[nodiscard]] std::optional<std::string> malformed_part(std::span<const std::byte> elf);

}  // namespace wasm_bpf::bpf
