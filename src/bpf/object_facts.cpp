#include "bpf/object_facts.hpp"

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <set>
#include <string_view>

#include "api/printable.hpp"
#include "bpf/attach_targets.hpp"
#include "bpf/core_spec.hpp"
#include "bpf/instructions.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/open_elf.hpp"
#include "bpf/section_places.hpp"
#include "bpf/section_targets.hpp"

namespace wasm_bpf::bpf {
namespace {

// "a cgroup" of "the path of a cgroup as target".
std::string short_need(std::string_view need) {
    for (const std::string_view words : {"the name of ", "the path of "})
        if (need.starts_with(words)) need.remove_prefix(words.size());
    constexpr std::string_view end = " as target";
    if (need.ends_with(end)) need.remove_suffix(end.size());
    return std::string(need);
}

void read_called(const ObjectCode& code, ProgramFacts& program) {
    std::set<std::string> kfuncs;
    for (const std::size_t index : code.called_from(program.function)) {
        const CodeFunction& function = code.functions[index];
        program.instruction_count += function.code.size();
        program.helpers = merge(program.helpers, called_helpers(function.code));
        for (const auto& [at, number] : function.externs)
            if (code.externs[number].kind == ExternSymbol::Kind::function) kfuncs.insert(code.externs[number].name);
    }
    program.kfuncs.assign(kfuncs.begin(), kfuncs.end());
}

void read_place(const bpf_program* program, const std::string& section, ProgramFacts& facts) {
    const auto target = read_section_place(section);
    if (!target) return;
    const auto places = attach_places(program, *target);
    if (places.empty()) return;
    facts.attach_kind = places.front().kind;
    const std::size_t slash = section.find('/');
    if (slash != section.npos) facts.attach_place = printable(std::string_view(section).substr(slash + 1));
}

ProgramFacts read_program(const bpf_program* program, const ObjectCode& code) {
    ProgramFacts facts{.name = printable(bpf_program__name(program)),
                       .section = printable(bpf_program__section_name(program)),
                       .type = static_cast<std::uint32_t>(bpf_program__type(program)),
                       .attach_type = static_cast<std::uint32_t>(bpf_program__expected_attach_type(program)),
                       .attach_kind = {},
                       .attach_place = {},
                       .target_needed = {},
                       .autoload = bpf_program__autoload(program),
                       .helpers = {},
                       .kfuncs = {}};
    const std::string section = bpf_program__section_name(program);
    facts.function = code.find(section, bpf_program__name(program));
    // libbpf leaves out the mark of what is not to be loaded by itself.
    if (facts.function == code.functions.size()) facts.function = code.find("?" + section, bpf_program__name(program));
    if (const SectionTarget* target = find_section_target(section))
        facts.target_needed = short_need(target->needs);
    else
        read_place(program, section, facts);
    read_called(code, facts);
    return facts;
}

// Behind the variable that the map is: its struct.
std::string struct_ops_type(const btf* types, const char* name) {
    const int variable = btf__find_by_name_kind(types, name, BTF_KIND_VAR);
    const btf_type* type = variable < 0 ? nullptr : btf__type_by_id(types, static_cast<std::uint32_t>(variable));
    for (int steps = 0; type && steps < 64 && !btf_is_struct(type); steps++) type = btf__type_by_id(types, type->type);
    const char* text = type && btf_is_struct(type) ? btf__name_by_offset(types, type->name_off) : nullptr;
    return text ? std::string(essential_name(text)) : "";
}

MapFacts read_map(const bpf_map* map, const btf* types) {
    MapFacts facts{.name = printable(bpf_map__name(map)),
                   .type = static_cast<std::uint32_t>(bpf_map__type(map)),
                   .key_size = bpf_map__key_size(map),
                   .value_size = bpf_map__value_size(map),
                   .max_entries = bpf_map__max_entries(map),
                   .flags = bpf_map__map_flags(map),
                   .struct_ops = {}};
    if (bpf_map__is_internal(map)) facts.name.erase(0, std::min(facts.name.find('.'), facts.name.size()));
    if (facts.type == BPF_MAP_TYPE_STRUCT_OPS && types) facts.struct_ops = struct_ops_type(types, bpf_map__name(map));
    return facts;
}

std::vector<CoreUse> read_core_uses(const ObjectCode& code, const btf* types) {
    std::set<CoreUse> uses;
    for (const CodeFunction& function : code.functions)
        for (const auto& [at, relocation] : function.core)
            // A local type's number says nothing about the kernel.
            if (relocation.kind != BPF_CORE_TYPE_ID_LOCAL) uses.insert(describe(relocation, types));
    std::vector<CoreUse> result;
    for (const CoreUse& use : uses) {
        CoreUse needed = use;
        needed.asks_only = false;
        if (!use.type.empty() && (!use.asks_only || !uses.contains(needed))) result.push_back(use);
    }
    return result;
}

std::string read_license(std::span<const std::byte> elf) {
    std::string license;
    each_section(elf, "license", [&](std::span<const std::byte> content) {
        license.assign(reinterpret_cast<const char*>(content.data()), content.size());
    });
    return printable(license.substr(0, std::min(license.find('\0'), license.size())));
}

}  // namespace

Result<ObjectFacts> read_facts(std::span<const std::byte> elf) {
    const LibbpfMessages messages;
    bpf_object_open_opts options{};
    options.sz = sizeof options;
    options.object_name = "object";
    auto opened = open_elf(elf, options);
    if (!opened) return std::unexpected(std::move(opened).error());
    const std::unique_ptr<bpf_object, decltype(&bpf_object__close)> object(*opened, &bpf_object__close);
    const BtfPointer own_types = read_object_btf(elf);
    const btf* types = own_types.get();
    auto code = read_code(elf, types);
    if (!code) return std::unexpected(std::move(code).error());

    ObjectFacts facts{.source = printable(code->source),
                      .license = read_license(elf),
                      .programs = {},
                      .maps = {},
                      .core = {},
                      .code = std::move(*code)};
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, object.get()) facts.programs.push_back(read_program(program, facts.code));
    const bpf_map* map = nullptr;
    bpf_object__for_each_map(map, object.get()) facts.maps.push_back(read_map(map, types));
    if (types) facts.core = read_core_uses(facts.code, types);
    return facts;
}

}  // namespace wasm_bpf::bpf
