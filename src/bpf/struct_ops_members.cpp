#include "bpf/struct_ops_members.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

namespace wasm_bpf::bpf {
namespace {

// Typedefs and qualifiers of one another have no end where no compiler made them.
constexpr int max_depth = 32;

const btf_type* resolved(const btf* btf, std::uint32_t id) {
    const btf_type* type = btf__type_by_id(btf, id);
    for (int steps = 0; type != nullptr && (btf_is_mod(type) || btf_is_typedef(type)); ++steps)
        type = steps < max_depth ? btf__type_by_id(btf, type->type) : nullptr;
    return type;
}

bool is_numbers(const btf* btf, const btf_type* type, int depth = 0) {
    if (type == nullptr || depth > max_depth) return false;
    if (btf_is_array(type)) return is_numbers(btf, resolved(btf, btf_array(type)->type), depth + 1);
    return btf_is_int(type) || btf_is_any_enum(type) || btf_is_float(type);
}

bool is_function_pointer(const btf* btf, const btf_type* type) {
    const btf_type* target = type != nullptr && btf_is_ptr(type) ? resolved(btf, type->type) : nullptr;
    return target != nullptr && btf_is_func_proto(target);
}

std::string text(const btf* btf, std::uint32_t offset) {
    const char* found = btf__name_by_offset(btf, offset);
    return found != nullptr ? found : "";
}

// No compiler lets members overlap. Where they do, one of numbers may lie over one that libbpf fills with a pointer.
bool members_overlap(const btf* btf, const btf_type* type) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> places;  // first bit, and the one after the last
    for (std::uint32_t i = 0; i < btf_vlen(type); ++i) {
        const std::uint64_t first = btf_member_bit_offset(type, i);
        const std::uint64_t bitfield = btf_member_bitfield_size(type, i);
        const std::int64_t bytes = btf__resolve_size(btf, btf_members(type)[i].type);
        if (bytes < 0) return true;
        if (const std::uint64_t bits = bitfield != 0 ? bitfield : static_cast<std::uint64_t>(bytes) * 8; bits != 0)
            places.emplace_back(first, first + bits);
    }
    std::ranges::sort(places);
    return std::ranges::adjacent_find(
               places, [](const auto& one, const auto& next) { return next.first < one.second; }) != places.end();
}

// Of the variable that the map is; null where there is none.
const btf_type* find_struct(const btf* btf, const std::string& map_name) {
    for (std::uint32_t id = 1; id < btf__type_cnt(btf); ++id) {
        const btf_type* section = btf__type_by_id(btf, id);
        if (!btf_is_datasec(section) || text(btf, section->name_off).find(".struct_ops") == std::string::npos) continue;
        for (const btf_var_secinfo& place : std::span(btf_var_secinfos(section), btf_vlen(section))) {
            const btf_type* variable = btf__type_by_id(btf, place.type);
            if (variable == nullptr || !btf_is_var(variable) || text(btf, variable->name_off) != map_name) continue;
            const btf_type* type = resolved(btf, variable->type);
            if (type != nullptr && btf_is_struct(type)) return type;
        }
    }
    return nullptr;
}

}  // namespace

StructOpsType struct_ops_type_of(const btf* btf, const std::string& map_name) {
    StructOpsType result;
    const btf_type* type = btf != nullptr ? find_struct(btf, map_name) : nullptr;
    if (type == nullptr || members_overlap(btf, type)) return result;
    result.name = text(btf, type->name_off);
    result.size_bytes = type->size;
    for (std::uint32_t i = 0; i < btf_vlen(type); ++i) {
        const btf_member& member = btf_members(type)[i];
        const std::uint32_t bit_offset = btf_member_bit_offset(type, i);
        const btf_type* of = resolved(btf, member.type);
        const bool is_function = is_function_pointer(btf, of);
        if (of == nullptr || btf_member_bitfield_size(type, i) != 0 || bit_offset % 8 != 0) continue;
        if (!is_function && !is_numbers(btf, of)) continue;
        const std::int64_t bytes = is_function ? 8 : btf__resolve_size(btf, member.type);
        if (bytes <= 0 || bit_offset / 8 + static_cast<std::uint64_t>(bytes) > type->size) continue;
        result.members.push_back(
            {text(btf, member.name_off), member.type, bit_offset / 8, static_cast<std::size_t>(bytes), is_function});
    }
    std::ranges::sort(result.members, {}, &StructOpsMember::offset);
    return result;
}

}  // namespace wasm_bpf::bpf
