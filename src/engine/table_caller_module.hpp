#pragma once
// A module that imports a guest's table and calls through it, so that Wasm itself checks the index and the function's
// type. C APIs read function references from a table in part only, or not at all.

#include <cstdint>

namespace wasm_bpf::engine {

// clang-format off
inline constexpr std::uint8_t table_caller_module[] = {
    0x00, 'a', 's', 'm', 1, 0, 0, 0,
    // types: 0: (i32 i32 i32) -> i32; 1: (i32 i32 i32 i32) -> i32
    1, 16, 2, 0x60, 3, 0x7f, 0x7f, 0x7f, 1, 0x7f, 0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f,
    // import "" "": (table 0 funcref)
    2, 7, 1, 0, 0, 0x01, 0x70, 0x00, 0,
    // function 0: type 1
    3, 2, 1, 1,
    // export "": function 0
    7, 4, 1, 0, 0x00, 0,
    // code: local.get 0, 1, 2, 3; call_indirect (type 0)
    10, 15, 1, 13, 0, 0x20, 0, 0x20, 1, 0x20, 2, 0x20, 3, 0x11, 0, 0, 0x0b,
    // function 0 is named "callback" in stack traces
    0, 18, 4, 'n', 'a', 'm', 'e', 1, 11, 1, 0, 8, 'c', 'a', 'l', 'l', 'b', 'a', 'c', 'k',
};
// clang-format on

}  // namespace wasm_bpf::engine
