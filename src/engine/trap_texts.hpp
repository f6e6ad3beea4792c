#pragma once
// What a guest did that Wasm forbids, in the same words from every engine.

#include <string_view>

namespace wasm_bpf::engine::trap_texts {

inline constexpr std::string_view stack_overflow = "stack overflow";
inline constexpr std::string_view memory_bounds = "out-of-bounds memory access";
inline constexpr std::string_view table_bounds = "out-of-bounds table access";
inline constexpr std::string_view null_entry = "indirect call to a null table entry";
inline constexpr std::string_view other_type = "indirect call to a function of another type";
inline constexpr std::string_view integer_overflow = "integer overflow";
inline constexpr std::string_view division_by_zero = "integer division by zero";
inline constexpr std::string_view bad_conversion = "conversion of an out-of-range float to an integer";
inline constexpr std::string_view unreachable = "unreachable executed (abort or a failed assertion)";

}  // namespace wasm_bpf::engine::trap_texts
