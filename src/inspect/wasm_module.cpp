#include "inspect/wasm_module.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include <fmt/format.h>

#include "wasm_file/sections.hpp"
#include "wasm_file/wasm_reader.hpp"

namespace wasm_bpf::inspect {
namespace {

using wasm_file::WasmReader;

constexpr std::array<std::string_view, 5> kinds{"func", "table", "memory", "global", "tag"};
enum Kind : std::uint8_t { function_kind, table_kind, memory_kind, global_kind, tag_kind };

struct Limits {
    std::uint64_t minimum = 0;
    std::optional<std::uint64_t> maximum;
};

Limits read_limits(WasmReader& reader) {
    constexpr std::uint8_t has_maximum = 1, is_64_bit = 4;
    const std::uint8_t flags = reader.byte();
    if (flags > 7) reader.fail_here("limits have unknown flags");
    const auto number = [&] { return flags & is_64_bit ? reader.u64() : reader.u32(); };
    Limits limits{.minimum = number(), .maximum = {}};
    if (flags & has_maximum) limits.maximum = number();
    return limits;
}

// A reference to a heap type has a second part.
void skip_value_type(WasmReader& reader) {
    const std::uint8_t type = reader.byte();
    if (type == 0x63 || type == 0x64) reader.signed_number(64);
}

WasmMemory memory_of(const Limits& limits, bool imported) { return {limits.minimum, limits.maximum, imported}; }

void read_imports(WasmReader& reader, WasmModule& module) {
    for (std::uint32_t left = reader.count(); left > 0 && !reader.failed(); left--) {
        WasmImport import{reader.name(), reader.name(), ""};
        const std::uint8_t kind = reader.byte();
        switch (kind) {
            case function_kind: reader.u32(); break;
            case table_kind:
                skip_value_type(reader);
                read_limits(reader);
                break;
            case memory_kind: module.memories.push_back(memory_of(read_limits(reader), true)); break;
            case global_kind:
                skip_value_type(reader);
                reader.byte();
                break;
            case tag_kind:
                reader.byte();
                reader.u32();
                break;
            default: return reader.fail_here("an import is of an unknown kind");
        }
        import.kind = kinds[kind];
        module.imports.push_back(std::move(import));
    }
}

void read_functions(WasmReader& reader, WasmModule& module) {
    module.function_count = reader.count();
    for (std::size_t left = module.function_count; left > 0 && !reader.failed(); left--) reader.u32();
}

void read_memories(WasmReader& reader, WasmModule& module) {
    for (std::uint32_t left = reader.count(); left > 0 && !reader.failed(); left--)
        module.memories.push_back(memory_of(read_limits(reader), false));
}

void read_exports(WasmReader& reader, WasmModule& module) {
    for (std::uint32_t left = reader.count(); left > 0 && !reader.failed(); left--) {
        std::string name = reader.name();
        const std::uint8_t kind = reader.byte();
        reader.u32();
        if (kind >= kinds.size()) return reader.fail_here("an export is of an unknown kind");
        module.exports.push_back({std::move(name), std::string(kinds[kind])});
    }
}

// The offset of a data segment: a constant, or a global, whose value only the running module has.
std::optional<std::uint64_t> read_offset(WasmReader& reader) {
    constexpr std::uint8_t i32_const = 0x41, i64_const = 0x42, global_get = 0x23, end = 0x0b;
    std::optional<std::uint64_t> offset;
    switch (reader.byte()) {
        case i32_const: offset = static_cast<std::uint32_t>(reader.signed_number(32)); break;
        case i64_const: offset = reader.signed_number(64); break;
        case global_get: reader.u32(); break;
        default: reader.fail_here("a data segment's offset is neither a constant nor a global");
    }
    if (reader.byte() != end) reader.fail_here("a data segment's offset is neither a constant nor a global");
    return offset;
}

void read_data(WasmReader& reader, WasmModule& module) {
    constexpr std::uint32_t passive = 1, active_in = 2;
    for (std::uint32_t left = reader.count(); left > 0 && !reader.failed(); left--) {
        DataSegment segment;
        const std::uint32_t flags = reader.u32();
        if (flags > active_in) return reader.fail_here("a data segment has unknown flags");
        const std::uint32_t memory = flags == active_in ? reader.u32() : 0;
        if (flags != passive) segment.offset = read_offset(reader);
        // Guests have one memory; what lies in another has a place of its own there.
        if (memory != 0) segment.offset.reset();
        segment.bytes = reader.take(reader.u32());
        module.data.push_back(segment);
    }
}

// By the section's number.
struct Row {
    std::string_view name;
    void (*read)(WasmReader&, WasmModule&) = nullptr;
};
constexpr Row rows[] = {
    {"custom"},
    {"types"},
    {"imports", read_imports},
    {"functions", read_functions},
    {"tables"},
    {"memory", read_memories},
    {"globals"},
    {"exports", read_exports},
    {"start"},
    {"elements"},
    {"code"},
    {"data", read_data},
    {"data count"},
    {"tags"},
};

Result<> read_section(const wasm_file::Section& section, WasmModule& module) {
    if (section.number >= std::size(rows))
        return fail(EINVAL, fmt::format("at byte {}: section {} is unknown", section.start, section.number),
                    ErrorKind::bad_module);
    const Row& row = rows[section.number];
    const bool custom = section.number == wasm_file::custom_section;
    module.sections.push_back({custom ? section.name : std::string(row.name), custom, section.size_bytes,
                               custom ? section.content : std::span<const std::byte>(), section.content_start});
    if (row.read == nullptr) return {};
    WasmReader content(section.content, section.content_start);
    row.read(content, module);
    if (!content.failed() && !content.at_end()) content.fail_here("a section is longer than what it holds");
    if (!content.failed()) return {};
    return std::unexpected(Error(content.error().error()).in(fmt::format("section \"{}\"", row.name)));
}

}  // namespace

Result<WasmModule> read_wasm(std::span<const std::byte> bytes) {
    const auto sections = wasm_file::read_sections(bytes);
    if (!sections) return std::unexpected(sections.error());
    WasmModule module;
    for (const wasm_file::Section& section : *sections)
        if (auto read = read_section(section, module); !read) return std::unexpected(std::move(read).error());
    return module;
}

}  // namespace wasm_bpf::inspect
