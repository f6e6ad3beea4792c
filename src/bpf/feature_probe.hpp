#pragma once
// What the running kernel has, by trying it.

#include <cstdint>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

enum class Feature { program_type, map_type, helper };

// Whether the kernel has the type (enum bpf_prog_type, bpf_map_type) or, in programs of the type, the helper (enum
// bpf_func_id). Makes a map or loads a program for a moment. EOPNOTSUPP for a number that libbpf does not know, and
// where a try says nothing (some types' helpers).
[[nodiscard]] Result<bool> probe_feature(Feature feature, std::uint32_t type, std::uint32_t helper);

}  // namespace wasm_bpf::bpf
