#include "inspect/contents.hpp"

#include <elf.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <map>

#include <fmt/format.h>

#include "inspect/embedded_objects.hpp"
#include "inspect/known_imports.hpp"
#include "wasm_file/component.hpp"
#include "wasm_file/sections.hpp"

namespace wasm_bpf::inspect {
namespace {

std::vector<Part> read_parts(const Contents& contents) {
    std::map<std::string, std::size_t> sizes;
    std::size_t objects = 0;
    for (const ObjectContents& object : contents.objects) objects += object.elf.size();
    std::size_t counted = 0;
    for (const WasmSection& section : contents.module->sections) {
        std::string name = "other sections";
        if (section.custom)
            name = section.name == "name"                ? "names of functions"
                   : section.name.starts_with(".debug_") ? "debug information"
                   : section.name == wasm_file::carried_btf_section
                       ? "BTF of kernels"
                       : fmt::format("custom section \"{}\"", section.name);
        else if (section.name == "code" || section.name == "data")
            name = section.name;
        sizes[name] += section.size_bytes;
        counted += section.size_bytes;
    }
    sizes["other sections"] += contents.size_bytes - counted;
    if (objects > 0) {
        sizes["BPF objects"] = objects;
        // Where an optimizer left out zeros, the objects are longer than what stands for them in the file.
        sizes["data"] -= std::min(objects, sizes["data"]);
    }
    std::vector<Part> parts;
    for (const auto& [name, size] : sizes) parts.push_back({name, size});
    std::ranges::stable_sort(parts, std::ranges::greater(), &Part::size_bytes);
    return parts;
}

Result<> read_module(std::span<const std::byte> bytes, Contents& contents) {
    auto module = read_wasm(bytes);
    if (!module) return std::unexpected(std::move(module).error());
    contents.module = std::move(*module);
    for (const WasmImport& import : contents.module->imports)
        if (!is_known_import(import.module, import.name)) contents.unknown_imports.push_back(import);
    auto objects = find_objects(*contents.module);
    if (!objects) return std::unexpected(std::move(objects).error());
    for (EmbeddedObject& object : *objects) {
        auto facts = bpf::read_facts(object.elf);
        if (!facts)
            return fail(EINVAL,
                        fmt::format("the BPF object at {:#x} of its memory: {}", object.offset, facts.error().message),
                        ErrorKind::bad_module);
        contents.objects.push_back({object.offset, std::move(object.elf), std::move(*facts)});
    }
    for (const WasmSection& section : contents.module->sections) {
        if (!section.custom || section.name != wasm_file::carried_btf_section) continue;
        auto carried = wasm_file::read_carried_btf(section.content, section.content_start);
        if (!carried) return std::unexpected(std::move(carried).error());
        std::ranges::move(*carried, std::back_inserter(contents.carried_btfs));
    }
    contents.parts = read_parts(contents);
    return {};
}

}  // namespace

Result<Contents> read_contents(std::span<const std::byte> bytes) {
    Contents contents{.size_bytes = bytes.size(),
                      .module = {},
                      .component = {},
                      .objects = {},
                      .parts = {},
                      .unknown_imports = {},
                      .carried_btfs = {}};
    if (wasm_file::is_component(bytes)) {
        auto component = read_component_contents(bytes);
        if (!component) return std::unexpected(std::move(component).error());
        contents.component = std::move(*component);
        return contents;
    }
    if (wasm_file::is_wasm(bytes)) {
        if (auto read = read_module(bytes, contents); !read) return std::unexpected(std::move(read).error());
        return contents;
    }
    const bool is_elf = bytes.size() >= SELFMAG && std::memcmp(bytes.data(), ELFMAG, SELFMAG) == 0;
    if (!is_elf) return fail(EINVAL, "this is neither a Wasm module nor a BPF object", ErrorKind::bad_module);
    auto facts = bpf::read_facts(bytes);
    if (!facts) return fail(EINVAL, std::move(facts.error().message), ErrorKind::bad_module);
    contents.objects.push_back({{}, {bytes.begin(), bytes.end()}, std::move(*facts)});
    return contents;
}

namespace {

void collect_modules(const ComponentContents& component, std::vector<const Contents*>& found) {
    for (const ModuleInside& module : component.modules) found.push_back(module.contents.get());
    for (const ComponentContents& nested : component.components) collect_modules(nested, found);
}

}  // namespace

std::vector<const Contents*> modules_of(const Contents& contents) {
    return contents.component ? modules_of(*contents.component) : std::vector<const Contents*>{&contents};
}

std::vector<const Contents*> modules_of(const ComponentContents& component) {
    std::vector<const Contents*> found;
    collect_modules(component, found);
    return found;
}

}  // namespace wasm_bpf::inspect
