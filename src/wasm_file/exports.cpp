#include "wasm_file/exports.hpp"

#include "wasm_file/wasm_reader.hpp"

namespace wasm_bpf::wasm_file {

Result<bool> exports_function(const std::vector<Section>& sections, std::string_view name) {
    constexpr std::uint8_t export_section = 7, function = 0;
    bool found = false;
    for (const Section& section : sections) {
        if (section.number != export_section) continue;
        WasmReader reader(section.content, section.content_start);
        for (std::uint32_t left = reader.count(); left > 0 && !reader.failed(); left--) {
            const std::string exported = reader.name();
            found |= reader.byte() == function && exported == name;
            reader.u32();
        }
        if (reader.failed()) return reader.error();
    }
    return found;
}

}  // namespace wasm_bpf::wasm_file
