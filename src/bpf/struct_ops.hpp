#pragma once
// Maps of kind struct_ops: tables of programs that a part of the kernel calls, as a TCP congestion control.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "bpf/link.hpp"
#include "bpf/map.hpp"
#include "bpf/object.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

// Makes the kernel use the map's operations, until the link ends. The object must be loaded; it may end before the
// link.
[[nodiscard]] Result<Link> attach_struct_ops(const Map& map);

// The struct of such a map of an object, of its size: numbers as they are, and of each function the number that stands
// for its program, 0 where it has none. Everything else is 0: libbpf keeps pointers of its own there.
[[nodiscard]] Result<std::vector<std::byte>> struct_ops_content(
    const Map& map, Object& object, const std::function<Result<std::uint64_t>(Program&)>& number_of);

// Before load: sets numbers, and programs by their numbers. What is neither stays. EINVAL where the size is not the
// struct's, or where `program_of` gives null or another object's program; then nothing is changed.
[[nodiscard]] Result<> set_struct_ops_content(const Map& map, Object& object, std::span<const std::byte> content,
                                              const std::function<Program*(std::uint64_t)>& program_of);

}  // namespace wasm_bpf::bpf
