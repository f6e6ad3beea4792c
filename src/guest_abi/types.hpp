#pragma once
// The one table of the guest ABI's structs and numbers. Made from it: sdk/c/include/wasm_bpf/abi_types.h, which the
// host uses too, and with imports.hpp sdk/rust/src/abi.rs and sdk/go/internal/abi/abi.go.
//
// Every type has the same layout in wasm32 and in the host's own ABI, and no padding that is not a member. A struct
// whose first member is `size` is sized: the caller sets it; the host reads what it knows, takes zeros for what is
// missing, and refuses (-E2BIG) a longer one whose unknown part is not all zeros, as libbpf does.

#include <cstdint>
#include <span>
#include <string_view>

namespace wasm_bpf::guest_abi {

enum class MemberType : std::uint8_t {
    u32,
    i32,
    u64,
    i64,
    pointer,  // u32: an offset in guest memory
    handle,   // i32
    text,     // bytes, terminated
};

struct Member {
    MemberType type;
    std::string_view name;
    std::string_view doc = {};
    std::uint32_t count = 1;  // of an array
};

struct Value {
    std::string_view name;  // "HOST_WINDOWS": WASM_BPF_HOST_WINDOWS in C
    std::int64_t value;
    std::string_view doc = {};
};

enum class Width : std::uint8_t { u32, u64 };

struct Declaration {
    enum class Kind : std::uint8_t { enumeration, constants, structure } kind;
    std::string_view name;            // "map_info": struct wasm_bpf_map_info in C; constants have none
    std::string_view doc;             // the import that it is for, first
    std::span<const Value> values;    // of an enum, or constants
    std::span<const Member> members;  // of a struct
    std::uint32_t size;               // of a struct, in bytes
    Width width;                      // of constants
};

// Every struct, enum and set of constants, in the order of the headers.
[[nodiscard]] std::span<const Declaration> declarations();

}  // namespace wasm_bpf::guest_abi
