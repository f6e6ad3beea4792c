#include "bpf/describe.hpp"

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <memory>
#include <string_view>

#include "bpf/libbpf_messages.hpp"
#include "bpf/open_elf.hpp"
#include "bpf/struct_ops_members.hpp"
#include "bpf/type_reader.hpp"

namespace wasm_bpf::bpf {
namespace {

using ObjectPointer = std::unique_ptr<bpf_object, decltype(&bpf_object__close)>;

// "x.rodata.str" -> "rodata_str": the part of a map's or section's name from the section's kind on, as bpftool's
// skeletons name it. Empty for what is no such section.
std::string global_data_identifier(std::string_view name) {
    for (const std::string_view kind : {".data", ".rodata", ".bss", ".kconfig"}) {
        const std::size_t start = name.find(kind);
        if (start == std::string_view::npos) continue;
        std::string identifier(name.substr(start + 1));
        std::ranges::replace_if(identifier, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
        return identifier;
    }
    return {};
}

// libbpf's name for the section of global variables that live in the arena.
constexpr std::string_view arena_section = ".addr_space.1";

bool holds_variables_of(std::string_view section, const MapDescription& map) {
    return map.is_arena ? section == arena_section : global_data_identifier(section) == map.identifier;
}

void describe_variables(const btf* btf, TypeReader& types, MapDescription& map) {
    for (std::uint32_t id = 1; id < btf__type_cnt(btf); ++id) {
        const btf_type* section = btf__type_by_id(btf, id);
        if (!btf_is_datasec(section)) continue;
        if (!holds_variables_of(types.text(section->name_off), map)) continue;
        for (std::uint32_t i = 0; i < btf_vlen(section); ++i) {
            const btf_var_secinfo& place = btf_var_secinfos(section)[i];
            const btf_type* variable = btf__type_by_id(btf, place.type);
            if (variable == nullptr || !btf_is_var(variable)) continue;
            if (btf_var(variable)->linkage == BTF_VAR_STATIC) continue;
            map.variables.push_back(
                {types.text(variable->name_off), types.read(variable->type), place.offset, place.size});
        }
    }
    std::ranges::sort(map.variables, {}, &VariableDescription::offset);
}

void describe_operations(const btf* btf, TypeReader& types, MapDescription& map) {
    const StructOpsType type = struct_ops_type_of(btf, map.name);
    map.struct_ops_type = type.name;
    map.size_bytes = type.size_bytes;
    for (const StructOpsMember& member : type.members)
        map.operations.push_back({member.name, member.is_function ? 0 : types.read(member.type), member.offset,
                                  member.size_bytes, member.is_function});
}

MapDescription describe_map(bpf_map* map, const btf* btf, TypeReader& types) {
    MapDescription result;
    result.name = result.identifier = bpf_map__name(map);
    result.is_struct_ops = bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS;
    if (result.is_struct_ops) describe_operations(btf, types, result);
    result.is_arena = bpf_map__type(map) == BPF_MAP_TYPE_ARENA;
    if (result.is_arena) {
        if (bpf_map__initial_value(map, &result.size_bytes) != nullptr) describe_variables(btf, types, result);
        return result;
    }
    if (!bpf_map__is_internal(map)) return result;
    result.identifier = global_data_identifier(result.name);
    // libbpf puts the object's name before the well-known sections' names.
    result.name.erase(0, std::min(result.name.find('.'), result.name.size()));
    result.is_global_data = (bpf_map__map_flags(map) & BPF_F_MMAPABLE) != 0 && !result.identifier.empty();
    result.is_read_only = (bpf_map__map_flags(map) & BPF_F_RDONLY_PROG) != 0;
    if (!result.is_global_data) return result;
    std::size_t size_bytes = 0;
    bpf_map__initial_value(map, &size_bytes);
    result.size_bytes = size_bytes;
    describe_variables(btf, types, result);
    return result;
}

bool variables_fit(const MapDescription& map) {
    std::size_t end = 0;
    return std::ranges::all_of(map.variables, [&](const VariableDescription& variable) {
        const bool fits = variable.offset >= end && variable.offset + variable.size_bytes <= map.size_bytes;
        end = variable.offset + variable.size_bytes;
        return fits;
    });
}

}  // namespace

Result<ObjectDescription> describe_object(std::span<const std::byte> elf, const std::string& name) {
    const LibbpfMessages messages;
    bpf_object_open_opts options{};
    options.sz = sizeof options;
    options.object_name = name.c_str();
    auto opened = open_elf(elf, options);
    if (!opened) return std::unexpected(std::move(opened).error());
    const ObjectPointer object(*opened, &bpf_object__close);
    const btf* btf = bpf_object__btf(object.get());
    if (btf == nullptr) return fail(EINVAL, "it has no BTF: compile it with clang -target bpf -g");

    ObjectDescription result;
    result.name = name;
    bpf_program* program = nullptr;
    while ((program = bpf_object__next_program(object.get(), program)) != nullptr)
        result.programs.push_back({bpf_program__name(program), bpf_program__section_name(program)});
    TypeReader types(btf, result.types);
    bpf_map* map = nullptr;
    while ((map = bpf_object__next_map(object.get(), map)) != nullptr)
        result.maps.push_back(describe_map(map, btf, types));
    if (types.malformed() || !std::ranges::all_of(result.maps, variables_fit))
        return fail(EINVAL, "its BTF describes types or variables that cannot be: compile it anew");
    return result;
}

}  // namespace wasm_bpf::bpf
