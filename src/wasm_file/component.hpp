#pragma once
// The parts of a component's file: the core modules and components within.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::wasm_file {

struct Inside {
    enum class What { module, component };
    What what = What::module;
    std::string name;       // as the component's section of names has it; may be empty
    std::size_t start = 0;  // in the file
    std::span<const std::byte> bytes;
};

// Whether it begins as a component's binary does.
[[nodiscard]] bool is_component(std::span<const std::byte> bytes);

// What lies directly within, in its order. `start`: where `bytes` are in the file, for messages. EINVAL, of kind
// bad_module, with what and where, for a file that is no component, or one that is cut off.
[[nodiscard]] Result<std::vector<Inside>> read_component(std::span<const std::byte> bytes, std::size_t start = 0);

}  // namespace wasm_bpf::wasm_file
