#include "wasm_file/sections.hpp"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include "wasm_file/wasm_reader.hpp"

namespace wasm_bpf::wasm_file {
namespace {

constexpr std::string_view magic{"\0asm", 4};

Section read_section(WasmReader& reader) {
    Section section;
    section.start = reader.place();
    section.number = reader.byte();
    const std::uint32_t size = reader.u32();
    section.content_start = reader.place();
    section.content = reader.take(size);
    section.size_bytes = reader.place() - section.start;
    if (reader.failed() || section.number != custom_section) return section;
    WasmReader content(section.content, section.content_start);
    section.name = content.name();
    if (content.failed()) {
        reader.fail_with(Error(content.error().error()).in("section \"custom\""));
        return section;
    }
    section.content = section.content.subspan(content.place() - section.content_start);
    section.content_start = content.place();
    return section;
}

}  // namespace

bool is_wasm(std::span<const std::byte> bytes) {
    return bytes.size() >= magic.size() &&
           std::ranges::equal(bytes.first(magic.size()), std::as_bytes(std::span(magic)));
}

std::string_view what_else(std::span<const std::byte> bytes) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (text.empty()) return "it is empty";
    if (text.starts_with("\x7f"
                         "ELF"))
        return "it is an ELF file; a guest is compiled for wasm32-wasi, as `wasm-bpf build` does";
    if (!text.starts_with(magic)) return "it does not begin with \\0asm";
    return "";
}

Result<std::vector<Section>> read_sections(std::span<const std::byte> bytes) {
    const auto bad = [](std::string text) { return fail(EINVAL, std::move(text), ErrorKind::bad_module); };
    if (!is_wasm(bytes)) return bad("this is no Wasm module");
    WasmReader reader(bytes.subspan(magic.size()), magic.size());
    const auto version = reader.take(4);
    if (reader.failed()) return reader.error();
    if (version[2] == std::byte{1}) return bad("this is a component, of a version that is not known here");
    if (version[0] != std::byte{1} || version[1] != std::byte{0} || version[3] != std::byte{0})
        return bad("this is a Wasm module of an unknown version");
    std::vector<Section> sections;
    while (!reader.at_end()) sections.push_back(read_section(reader));
    if (reader.failed()) return reader.error();
    return sections;
}

}  // namespace wasm_bpf::wasm_file
