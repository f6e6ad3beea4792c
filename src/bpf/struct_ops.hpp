#pragma once
// Maps of kind struct_ops: tables of programs that a part of the kernel calls, as a TCP congestion control.

#include "bpf/link.hpp"
#include "bpf/map.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

// Makes the kernel use the map's operations, until the link ends. The object must be loaded; it may end before the
// link.
[[nodiscard]] Result<Link> attach_struct_ops(const Map& map);

}  // namespace wasm_bpf::bpf
