#pragma once
// The one table of every function that a guest can import. The C header (sdk/c/include/wasm_bpf/abi.h) and
// docs/guest_abi.md are generated from it; host_api/ is checked against it.

#include <cstdint>
#include <span>
#include <string_view>

namespace wasm_bpf::guest_abi {

inline constexpr std::string_view version_0 = "wasm_bpf";
inline constexpr std::string_view version_0_named_callback = "callback-wrapper";
inline constexpr std::string_view version_1 = "wasm_bpf_v1";

enum class Type : std::uint8_t {
    none,    // end of a parameter list
    handle,  // i32
    in,      // i32: guest memory that the host reads
    out,     // i32: guest memory that the host writes
    i32,
    u32,
    i64,
    u64,
};

struct Parameter {
    Type type = Type::none;
    std::string_view name;
};

struct Import {
    std::string_view module;
    std::string_view name;
    Type result;
    Parameter parameters[8];
    std::string_view doc;  // what it does, what it returns besides a negative errno
};

// Every import, version 0 first, in the order of the documentation.
[[nodiscard]] std::span<const Import> imports();

// 'i' for i32 and 'I' for i64, of an import's Wasm signature: "iiI:i".
[[nodiscard]] char wasm_type(Type type);

}  // namespace wasm_bpf::guest_abi
