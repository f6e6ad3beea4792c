#pragma once
// The skeleton of a BPF object for guests in C and C++: one header with the names that bpftool's skeletons have, which
// stands on sdk/c/include/wasm_bpf/skeleton.h.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "bpf/describe.hpp"

namespace wasm_bpf::skeleton {

// "out/x.bpf.o" -> "x_bpf", as bpftool names objects.
[[nodiscard]] std::string object_name(const std::filesystem::path& object_file);

// `elf` is embedded as it is: strip it before.
[[nodiscard]] std::string c_skeleton(const bpf::ObjectDescription& object, std::span<const std::byte> elf);

// A header of types alone, for C and C++. The name of `types` is put before theirs, where it is not empty.
[[nodiscard]] std::string c_types_header(const bpf::ObjectDescription& types);

}  // namespace wasm_bpf::skeleton
