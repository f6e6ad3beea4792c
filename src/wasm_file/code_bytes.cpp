#include "wasm_file/component.hpp"
#include "wasm_file/sections.hpp"

namespace wasm_bpf::wasm_file {
namespace {

constexpr int most_depth = 16;  // of components in components

std::size_t code_within(std::span<const std::byte> wasm, int depth) {
    constexpr std::uint8_t code_section = 10;
    std::size_t bytes = 0;
    if (is_component(wasm)) {
        const auto inside = read_component(wasm);
        if (!inside || depth == most_depth) return 0;
        for (const Inside& each : *inside) bytes += code_within(each.bytes, depth + 1);
    } else if (const auto sections = read_sections(wasm)) {
        for (const Section& section : *sections)
            if (section.number == code_section) bytes += section.size_bytes;
    }
    return bytes;
}

}  // namespace

std::size_t code_bytes(std::span<const std::byte> wasm) { return code_within(wasm, 0); }

}  // namespace wasm_bpf::wasm_file
