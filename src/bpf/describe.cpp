#include "bpf/describe.hpp"

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <memory>
#include <string_view>

#include "bpf/libbpf_messages.hpp"
#include "bpf/map.hpp"
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

// What is left of a type without typedefs, const and their kin.
const btf_type* bare(const btf* btf, std::uint32_t id) {
    constexpr int max_depth = 64;
    const btf_type* type = btf__type_by_id(btf, id);
    for (int depth = 0; type != nullptr && (btf_is_mod(type) || btf_is_typedef(type)); ++depth)
        type = depth < max_depth ? btf__type_by_id(btf, type->type) : nullptr;
    return type;
}

void describe_pointed_to(const btf* btf, TypeReader& types) {
    for (std::uint32_t id = 1; id < btf__type_cnt(btf); ++id) {
        const btf_type* variable = btf__type_by_id(btf, id);
        if (!btf_is_var(variable) || btf_var(variable)->linkage == BTF_VAR_STATIC) continue;
        const btf_type* pointer = bare(btf, variable->type);
        if (pointer == nullptr || !btf_is_ptr(pointer)) continue;
        const btf_type* target = bare(btf, pointer->type);
        if (target != nullptr && (btf_is_composite(target) || btf_is_any_enum(target))) types.read(pointer->type);
    }
}

void describe_elements(const bpf_map* map, TypeReader& types, MapDescription& result) {
    result.is_per_cpu = is_per_cpu(bpf_map__type(map));
    if (bpf_map__is_internal(map) || result.is_struct_ops || result.is_arena) return;
    if (const std::uint32_t id = bpf_map__btf_key_type_id(map); id != 0) result.key_type = types.read(id);
    if (const std::uint32_t id = bpf_map__btf_value_type_id(map); id != 0) result.value_type = types.read(id);
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

Result<ObjectDescription> describe_object(std::span<const std::byte> elf, const std::string& name,
                                          DescribedTypes described) {
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
    while ((map = bpf_object__next_map(object.get(), map)) != nullptr) {
        result.maps.push_back(describe_map(map, btf, types));
        if (described == DescribedTypes::of_both_halves) describe_elements(map, types, result.maps.back());
    }
    if (described == DescribedTypes::of_both_halves) describe_pointed_to(btf, types);
    if (types.malformed() || !std::ranges::all_of(result.maps, variables_fit))
        return fail(EINVAL, "its BTF describes types or variables that cannot be: compile it anew");
    return result;
}

}  // namespace wasm_bpf::bpf
