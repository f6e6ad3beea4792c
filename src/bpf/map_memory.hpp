#pragma once
// How much memory a map takes.

#include <cstdint>

#include "bpf/map.hpp"

namespace wasm_bpf::bpf {

// An estimate of what the kernel takes for a full map of this shape, known before it is made. Never too small by much:
// elements with their overhead, one value a possible CPU where the type has that. UINT64_MAX where it does not fit.
[[nodiscard]] std::uint64_t map_memory_bytes(const MapShape& shape);

}  // namespace wasm_bpf::bpf
