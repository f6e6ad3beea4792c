#include "engine/wasm_c_api/module_shape.hpp"

#include <algorithm>

#include "wasm_file/sections.hpp"
#include "wasm_file/wasm_reader.hpp"

namespace wasm_bpf::engine {
namespace {

// https://webassembly.github.io/spec/core/binary/modules.html
constexpr std::uint8_t table_section = 4, memory_section = 5, export_section = 7, start_section = 8;
constexpr std::uint8_t function_kind = 0;
constexpr std::uint64_t page_bytes = 65536;

// Of a memory's pages or a table's elements: how many there are at first.
std::uint64_t read_least(wasm_file::WasmReader& reader) {
    constexpr std::uint8_t has_most = 1;
    const std::uint8_t flags = reader.byte();
    const std::uint64_t least = reader.u32();
    if (flags & has_most) reader.u32();
    return least;
}

void add_number(std::vector<std::byte>& bytes, std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) bytes.push_back(static_cast<std::byte>(number | 0x80));
    bytes.push_back(static_cast<std::byte>(number));
}

void add_bytes(std::vector<std::byte>& bytes, std::span<const std::byte> more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
}

// An export section of what is in `old`, which may be null, and the function.
void add_exports(std::vector<std::byte>& module, const wasm_file::Section* old, std::uint32_t function) {
    std::vector<std::byte> content;
    std::span<const std::byte> entries;
    std::uint32_t count = 0;
    if (old != nullptr) {
        wasm_file::WasmReader reader(old->content, old->content_start);
        count = reader.u32();
        entries = old->content.subspan(reader.place() - old->content_start);
    }
    add_number(content, std::uint64_t{count} + 1);
    add_bytes(content, entries);
    add_number(content, start_export.size());
    add_bytes(content, std::as_bytes(std::span(start_export)));
    content.push_back(std::byte{function_kind});
    add_number(content, function);
    module.push_back(std::byte{export_section});
    add_number(module, content.size());
    add_bytes(module, content);
}

// A start section stands right behind where an export section does.
std::vector<std::byte> with_exported_start(std::span<const std::byte> wasm,
                                           const std::vector<wasm_file::Section>& sections, std::uint32_t function) {
    const bool has_exports = std::ranges::any_of(
        sections, [](const wasm_file::Section& section) { return section.number == export_section; });
    std::vector<std::byte> module(wasm.begin(), wasm.begin() + 8);
    for (const auto& section : sections) {
        if (section.number == export_section)
            add_exports(module, &section, function);
        else if (section.number != start_section)
            add_bytes(module, wasm.subspan(section.start, section.size_bytes));
        else if (!has_exports)
            add_exports(module, nullptr, function);
    }
    return module;
}

}  // namespace

Result<ModuleShape> shape_of(std::span<const std::byte> wasm) {
    auto sections = wasm_file::read_sections(wasm);
    if (!sections) return std::unexpected(std::move(sections).error());
    ModuleShape shape;
    std::uint32_t start = 0;
    for (const auto& section : *sections) {
        wasm_file::WasmReader reader(section.content, section.content_start);
        if (section.number == memory_section) {
            shape.memories = reader.count();
            for (auto left = shape.memories; left > 0 && !reader.failed(); left--)
                shape.memory_bytes = std::max(shape.memory_bytes, read_least(reader) * page_bytes);
        } else if (section.number == table_section) {
            shape.tables = reader.count();
            for (auto left = shape.tables; left > 0 && !reader.failed(); left--) {
                reader.byte();  // the elements' type
                shape.table_elements = std::max(shape.table_elements, read_least(reader));
            }
        } else if (section.number == start_section) {
            shape.has_start = true;
            start = reader.u32();
        }
        if (reader.failed()) return reader.error();
    }
    if (shape.has_start) shape.rewritten = with_exported_start(wasm, *sections, start);
    return shape;
}

}  // namespace wasm_bpf::engine
