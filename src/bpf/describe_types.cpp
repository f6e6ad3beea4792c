#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string_view>

#include "bpf/btf_file.hpp"
#include "bpf/describe.hpp"
#include "bpf/type_reader.hpp"

namespace wasm_bpf::bpf {
namespace {

std::string_view name_of(const btf* btf, const btf_type* type) {
    const char* name = btf__name_by_offset(btf, type->name_off);
    return name != nullptr ? name : "";
}

// What is left without typedefs and const: 0 where that is no struct, union or enumeration.
std::uint32_t declared_type(const btf* btf, std::uint32_t id) {
    constexpr int max_depth = 64;
    for (int depth = 0; depth < max_depth; ++depth) {
        const btf_type* type = btf__type_by_id(btf, id);
        if (type == nullptr) return 0;
        if (btf_is_composite(type) || btf_is_any_enum(type)) return id;
        if (!btf_is_mod(type) && !btf_is_typedef(type)) return 0;
        id = type->type;
    }
    return 0;
}

// "event", "struct event", "union u", "enum e" or a typedef's name. 0: there is none.
std::uint32_t find_type(const btf* btf, std::string_view wanted) {
    const std::size_t space = wanted.find(' ');
    const std::string_view keyword = space == wanted.npos ? "" : wanted.substr(0, space);
    const std::string name(space == wanted.npos ? wanted : wanted.substr(space + 1));
    constexpr std::pair<std::string_view, std::uint32_t> kinds[] = {
        {"struct", BTF_KIND_STRUCT}, {"union", BTF_KIND_UNION}, {"enum", BTF_KIND_ENUM},
        {"enum", BTF_KIND_ENUM64},   {"", BTF_KIND_TYPEDEF},
    };
    for (const auto& [word, kind] : kinds) {
        if (!keyword.empty() && keyword != word) continue;
        const int found = btf__find_by_name_kind(btf, name.c_str(), kind);
        if (found <= 0) continue;
        // Not what a typedef stands for: that may have no other name.
        if (const auto id = static_cast<std::uint32_t>(found); declared_type(btf, id) != 0) return id;
    }
    return 0;
}

// The type to which a member of a map's definition, `__type(value, struct event)`, points.
std::uint32_t map_part(const btf* btf, const btf_type* map, std::string_view part) {
    for (int i = 0; i < btf_vlen(map); ++i) {
        const btf_member& member = btf_members(map)[i];
        if (const char* name = btf__name_by_offset(btf, member.name_off); name == nullptr || name != part) continue;
        const btf_type* pointer = btf__type_by_id(btf, member.type);
        return pointer != nullptr && btf_is_ptr(pointer) ? pointer->type : 0;
    }
    return 0;
}

// The structs, unions and enumerations that an object's maps and global variables hold.
std::vector<std::uint32_t> types_of_object(const btf* btf) {
    std::vector<std::uint32_t> ids;
    const auto add = [&](std::uint32_t id) {
        const btf_type* type = btf__type_by_id(btf, id);
        while (type != nullptr && btf_is_array(type)) type = btf__type_by_id(btf, id = btf_array(type)->type);
        if (declared_type(btf, id) != 0) ids.push_back(id);
    };
    for (std::uint32_t id = 1; id < btf__type_cnt(btf); ++id) {
        const btf_type* section = btf__type_by_id(btf, id);
        if (!btf_is_datasec(section)) continue;
        const bool are_maps = name_of(btf, section) == ".maps";
        for (int i = 0; i < btf_vlen(section); ++i) {
            const btf_type* variable = btf__type_by_id(btf, btf_var_secinfos(section)[i].type);
            if (variable == nullptr || !btf_is_var(variable)) continue;
            const std::uint32_t held = declared_type(btf, variable->type);
            if (are_maps && held != 0)
                for (const char* part : {"key", "value"}) add(map_part(btf, btf__type_by_id(btf, held), part));
            else if (!are_maps)
                add(variable->type);
        }
    }
    return ids;
}

}  // namespace

Result<ObjectDescription> describe_types(const std::filesystem::path& file, const std::vector<std::string>& names) {
    const Result<BtfFile> opened = open_btf_file(file);
    if (!opened) return std::unexpected(opened.error());
    const btf* btf = opened->btf.get();
    const std::string place = file.empty() ? "the kernel's BTF" : fmt::format("\"{}\"", file.string());
    std::vector<std::uint32_t> ids;
    std::vector<std::string> missing;
    for (const std::string& name : names) {
        const std::uint32_t id = find_type(btf, name);
        if (id == 0) missing.push_back(fmt::format("\"{}\"", name));
        ids.push_back(id);
    }
    if (!missing.empty())
        return fail(ENOENT, fmt::format("{} has no struct, union, enum or typedef named {} (an object's holds those of "
                                        "its maps, global variables and functions' parameters)",
                                        place, fmt::join(missing, ", ")));
    if (names.empty()) ids = types_of_object(btf);
    if (ids.empty())
        return fail(EINVAL, fmt::format("{} has no maps or variables that hold structs: name types", place));
    ObjectDescription result;
    TypeReader types(btf, result.types);
    for (const std::uint32_t id : ids) types.read(id);
    if (types.malformed()) return fail(EINVAL, fmt::format("{} describes types that cannot be", place));
    return result;
}

}  // namespace wasm_bpf::bpf
