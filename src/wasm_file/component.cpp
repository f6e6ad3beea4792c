#include "wasm_file/component.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "wasm_file/wasm_reader.hpp"

namespace wasm_bpf::wasm_file {
namespace {

// https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md
constexpr std::string_view header{"\0asm\x0d\0\x01\0", 8};
enum SectionNumber : std::uint8_t { custom = 0, core_module = 1, nested_component = 4 };
enum Sort : std::uint8_t { core_sort = 0x00, core_module_sort = 0x11, component_sort = 0x04 };

// Names of the things of one sort, by their number among these.
void read_names(WasmReader& reader, Inside::What what, std::vector<Inside>& found) {
    for (std::uint32_t left = reader.count(); left > 0 && !reader.failed(); left--) {
        std::uint32_t number = reader.u32();
        const std::string name = reader.name();
        for (Inside& each : found)
            if (each.what == what && number-- == 0) each.name = name;
    }
}

// A section of names is a hint: what is wrong with it is no error.
void read_name_section(std::span<const std::byte> content, std::vector<Inside>& found) {
    constexpr std::uint8_t names_of_one_sort = 1;
    WasmReader reader(content);
    while (!reader.at_end()) {
        const std::uint8_t kind = reader.byte();
        WasmReader part(reader.take(reader.u32()));
        if (kind != names_of_one_sort) continue;
        const std::uint8_t sort = part.byte();
        if (sort == component_sort) read_names(part, Inside::What::component, found);
        if (sort == core_sort && part.byte() == core_module_sort) read_names(part, Inside::What::module, found);
    }
}

}  // namespace

bool is_component(std::span<const std::byte> bytes) {
    return bytes.size() >= header.size() &&
           std::ranges::equal(bytes.first(header.size()), std::as_bytes(std::span(header)));
}

Result<std::vector<Inside>> read_component(std::span<const std::byte> bytes, std::size_t start) {
    if (!is_component(bytes)) return fail(EINVAL, "this is no component of a known version", ErrorKind::bad_module);
    WasmReader reader(bytes.subspan(header.size()), start + header.size());
    std::vector<Inside> found;
    std::vector<std::span<const std::byte>> names;
    while (!reader.at_end()) {
        const std::uint8_t number = reader.byte();
        const std::uint32_t size = reader.u32();
        const std::size_t place = reader.place();
        const std::span<const std::byte> content = reader.take(size);
        if (reader.failed()) break;
        if (number == core_module) found.push_back({Inside::What::module, "", place, content});
        if (number == nested_component) found.push_back({Inside::What::component, "", place, content});
        if (number != custom) continue;
        WasmReader section(content, place);
        if (section.name() == "component-name") names.push_back(content.subspan(section.place() - place));
    }
    if (reader.failed()) return reader.error();
    for (const auto& each : names) read_name_section(each, found);
    return found;
}

}  // namespace wasm_bpf::wasm_file
