#pragma once
// The sections of a Wasm module's file.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::wasm_file {

constexpr std::uint8_t custom_section = 0;

struct Section {
    std::uint8_t number = custom_section;
    std::string name;               // of a custom section
    std::size_t start = 0;          // where it is in the file, with its header
    std::size_t size_bytes = 0;     // likewise
    std::size_t content_start = 0;  // where `content` is in the file
    std::span<const std::byte> content;
};

// Whether it begins as a Wasm binary does.
[[nodiscard]] bool is_wasm(std::span<const std::byte> bytes);

// What bytes are that do not begin so, for a person; empty where they do.
[[nodiscard]] std::string_view what_else(std::span<const std::byte> bytes);

// Bytes of code, of a core module or of all those in a component; what is cut off or malformed counts as none.
[[nodiscard]] std::size_t code_bytes(std::span<const std::byte> wasm);

// EINVAL, of kind bad_module, with what and where, for a file that is no core module, or one that is cut off. What is
// in the sections is not looked at. `bytes` must outlive the result.
[[nodiscard]] Result<std::vector<Section>> read_sections(std::span<const std::byte> bytes);

}  // namespace wasm_bpf::wasm_file
