#pragma once
// How a guest's types would lie in BPF programs.

#include "toolchain/debug_types.hpp"

namespace wasm_bpf::toolchain {

// The same types with `long`, pointers and `long double` of 8 bytes, structs and unions laid out anew. One whose layout
// does not follow the usual rules (by virtual functions, say) is not complete there.
[[nodiscard]] DebugTypes as_in_bpf(const DebugTypes& guest);

}  // namespace wasm_bpf::toolchain
