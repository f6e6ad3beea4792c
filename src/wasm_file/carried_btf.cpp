#include "wasm_file/carried_btf.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "wasm_file/component.hpp"
#include "wasm_file/sections.hpp"
#include "wasm_file/wasm_reader.hpp"

namespace wasm_bpf::wasm_file {
namespace {

constexpr std::uint8_t format_version = 1;
constexpr std::size_t most_name_bytes = 64;  // as in struct utsname

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= most_name_bytes &&
           std::ranges::all_of(text, [](unsigned char c) { return c > ' ' && c < 0x7f; });
}

void append(std::vector<std::byte>& bytes, std::span<const std::byte> more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
}

void append_number(std::vector<std::byte>& bytes, std::size_t number) {
    do {
        const auto low = static_cast<std::uint8_t>(number & 0x7f);
        number >>= 7;
        bytes.push_back(std::byte{static_cast<std::uint8_t>(number != 0 ? low | 0x80 : low)});
    } while (number != 0);
}

void append_block(std::vector<std::byte>& bytes, std::span<const std::byte> block) {
    append_number(bytes, block.size());
    append(bytes, block);
}

// Those of one BTF.
void append_section(std::vector<std::byte>& module, std::span<const CarriedBtf> kernels) {
    const auto text = [](std::string_view each) { return std::as_bytes(std::span(each)); };
    std::vector<std::byte> content;
    append_block(content, text(carried_btf_section));
    content.push_back(std::byte{format_version});
    append_number(content, kernels.size());
    for (const CarriedBtf& each : kernels) {
        append_block(content, text(each.release));
        append_block(content, text(each.machine));
    }
    append_block(content, kernels.front().btf);
    module.push_back(std::byte{custom_section});
    append_block(module, content);
}

std::unexpected<Error> bad(std::string_view what) {
    return fail(EINVAL, fmt::format("custom section \"{}\": {}", carried_btf_section, what), ErrorKind::bad_module);
}

bool same_bytes(const CarriedBtf& a, const CarriedBtf& b) { return std::ranges::equal(a.btf, b.btf); }

bool is_carried_btf(const Section& section) {
    return section.number == custom_section && section.name == carried_btf_section;
}

}  // namespace

Result<std::vector<CarriedBtf>> read_carried_btf(std::span<const std::byte> content, std::size_t start) {
    WasmReader reader(content, start);
    const std::uint8_t version = reader.byte();
    if (!reader.failed() && version != format_version)
        return bad(fmt::format("it is of version {}; this wasm-bpf knows {}", version, format_version));
    std::vector<CarriedBtf> kernels;
    for (std::uint32_t left = reader.count(); left > 0 && !reader.failed(); left--) {
        std::string release = reader.name();
        kernels.push_back({std::move(release), reader.name(), {}});
        if (!reader.failed() && !(is_name(kernels.back().release) && is_name(kernels.back().machine)))
            reader.fail_here("a kernel's release or machine is no printable word of at most 64 bytes");
    }
    const auto btf = reader.take(reader.u32());
    if (!reader.failed() && !reader.at_end()) reader.fail_here("it is longer than what it holds");
    if (reader.failed()) return bad(reader.error().error().message);
    for (CarriedBtf& each : kernels) each.btf = btf;
    return kernels;
}

namespace {

constexpr int most_depth = 16;  // of components in components

Result<std::vector<CarriedBtf>> carried_within(std::span<const std::byte> component, int depth) {
    const auto inside = read_component(component);
    if (!inside) return std::unexpected(inside.error());
    std::vector<CarriedBtf> result;
    for (const Inside& each : *inside) {
        if (each.what == Inside::What::component && depth == most_depth) continue;
        auto carried =
            each.what == Inside::What::component ? carried_within(each.bytes, depth + 1) : carried_btfs(each.bytes);
        if (!carried) return carried;
        std::ranges::move(*carried, std::back_inserter(result));
    }
    return result;
}

}  // namespace

Result<std::vector<CarriedBtf>> carried_btfs(std::span<const std::byte> module) {
    if (is_component(module)) return carried_within(module, 0);
    const auto sections = read_sections(module);
    if (!sections) return std::unexpected(sections.error());
    std::vector<CarriedBtf> result;
    for (const Section& section : *sections) {
        if (!is_carried_btf(section)) continue;
        auto carried = read_carried_btf(section.content, section.content_start);
        if (!carried) return carried;
        std::ranges::move(*carried, std::back_inserter(result));
    }
    return result;
}

Result<std::vector<std::byte>> with_carried_btfs(std::span<const std::byte> module, std::span<const CarriedBtf> added) {
    const auto sections = read_sections(module);
    if (!sections) return std::unexpected(sections.error());
    auto all = carried_btfs(module);
    if (!all) return std::unexpected(std::move(all).error());
    for (const CarriedBtf& each : added) {
        for (const std::string& name : {each.release, each.machine})
            if (!is_name(name)) return fail(EINVAL, fmt::format("\"{}\" names no kernel and no machine", name));
        std::erase_if(*all, [&](const CarriedBtf& other) { return each.same_kernel(other); });
        all->push_back(each);
    }
    constexpr std::size_t preamble_bytes = 8;
    std::vector<std::byte> result(module.begin(), module.begin() + preamble_bytes);
    for (const Section& section : *sections)
        if (!is_carried_btf(section)) append(result, module.subspan(section.start, section.size_bytes));
    for (auto group = all->begin(); group != all->end();) {
        const auto end = std::stable_partition(
            group, all->end(), [&, first = *group](const CarriedBtf& each) { return same_bytes(each, first); });
        append_section(result, {group, end});
        group = end;
    }
    return result;
}

std::string kernels_text(std::span<const CarriedBtf> carried) {
    constexpr std::size_t most = 20;
    std::string text;
    for (const CarriedBtf& each : carried.first(std::min(most, carried.size())))
        text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", each.release, each.machine);
    if (carried.size() > most) text += fmt::format(" and {} more", carried.size() - most);
    return text;
}

}  // namespace wasm_bpf::wasm_file
