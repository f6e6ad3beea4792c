#pragma once
// What must be known of a module before it is instantiated, and its start function as an export: the standard API has
// no way to a guest's memory while instantiation itself runs that function, and none to interrupt it there.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::engine {

// Under which a start function is exported. Guests have no export of this name.
inline constexpr std::string_view start_export = "wasm-bpf start function";

struct ModuleShape {
    std::uint64_t memories = 0;
    std::uint64_t memory_bytes = 0;  // of the largest, at first
    std::uint64_t tables = 0;
    std::uint64_t table_elements = 0;  // of the largest, at first
    bool has_start = false;
    // The module with its start function exported instead, where it has one.
    std::vector<std::byte> rewritten;
};

// EINVAL, of kind bad_module, where its sections are not what they should be; of what is in them, what is not looked at
// here is the engine's to check.
[[nodiscard]] Result<ModuleShape> shape_of(std::span<const std::byte> wasm);

}  // namespace wasm_bpf::engine
