#include "bpf/describe.hpp"

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "bpf/libbpf_messages.hpp"
#include "bpf/open_elf.hpp"

namespace wasm_bpf::bpf {
namespace {

using ObjectPointer = std::unique_ptr<bpf_object, decltype(&bpf_object__close)>;

// Copies the types that variables need out of BTF, each once.
class TypeReader {
public:
    TypeReader(const btf* btf, std::vector<TypeDescription>& types) : btf_(btf), types_(types) {}

    TypeId read(std::uint32_t btf_id) {
        std::string typedef_name;
        const btf_type* type = btf__type_by_id(btf_, btf_id);
        for (int steps = 0; type != nullptr && (btf_is_mod(type) || btf_is_typedef(type)); steps++) {
            if (btf_is_typedef(type)) typedef_name = text(type->name_off);
            btf_id = type->type;
            // Modifiers of one another without end.
            type = steps < max_depth ? btf__type_by_id(btf_, btf_id) : nullptr;
        }
        if (const auto known = known_.find(btf_id); known != known_.end()) return known->second;
        TypeDescription description;
        // A type that is a part of itself would have no end either.
        if (type == nullptr || depth_ == max_depth) {
            malformed_ = true;
        } else {
            depth_++;
            description = describe(*type, btf_id);
            depth_--;
            if (description.name.empty()) description.name = typedef_name;
        }
        types_.push_back(std::move(description));
        return known_[btf_id] = types_.size() - 1;
    }

    [[nodiscard]] std::string text(std::uint32_t offset) const {
        const char* found = btf__name_by_offset(btf_, offset);
        return found != nullptr ? found : "";
    }

    // Whether some type that was read makes no sense.
    [[nodiscard]] bool malformed() const {
        return malformed_ || !std::ranges::all_of(types_, [&](const TypeDescription& type) { return is_sound(type); });
    }

private:
    TypeDescription describe(const btf_type& type, std::uint32_t btf_id) {
        TypeDescription result;
        result.size_bytes = static_cast<std::size_t>(std::max<std::int64_t>(0, btf__resolve_size(btf_, btf_id)));
        switch (btf_kind(&type)) {
            case BTF_KIND_INT:
                result.name = text(type.name_off);
                result.kind = (btf_int_encoding(&type) & BTF_INT_BOOL) != 0 ? TypeKind::boolean : TypeKind::integer;
                result.is_signed = (btf_int_encoding(&type) & BTF_INT_SIGNED) != 0;
                break;
            case BTF_KIND_FLOAT: result.kind = TypeKind::floating; break;
            case BTF_KIND_PTR:
                result.kind = TypeKind::pointer;
                result.size_bytes = 8;
                break;
            case BTF_KIND_ENUM:
            case BTF_KIND_ENUM64: describe_enumeration(type, result); break;
            case BTF_KIND_ARRAY:
                result.kind = TypeKind::array;
                result.element_type = read(btf_array(&type)->type);
                result.element_count = btf_array(&type)->nelems;
                break;
            case BTF_KIND_STRUCT:
            case BTF_KIND_UNION: describe_record(type, result); break;
            default: break;  // functions and forward declarations have no values: they stand behind pointers only
        }
        return result;
    }

    void describe_enumeration(const btf_type& type, TypeDescription& result) {
        result.kind = TypeKind::enumeration;
        result.name = text(type.name_off);
        result.is_signed = btf_kflag(&type);
        for (int i = 0; i < btf_vlen(&type); ++i) {
            if (btf_is_enum64(&type)) {
                const struct btf_enum64& entry = btf_enum64(&type)[i];
                result.enumerators.push_back(
                    {text(entry.name_off), static_cast<std::int64_t>(btf_enum64_value(&entry))});
            } else {
                const struct btf_enum& entry = btf_enum(&type)[i];
                const auto value = static_cast<std::uint32_t>(entry.val);
                result.enumerators.push_back(
                    {text(entry.name_off), result.is_signed ? std::int64_t{entry.val} : value});
            }
        }
    }

    void describe_record(const btf_type& type, TypeDescription& result) {
        result.kind = btf_is_struct(&type) ? TypeKind::structure : TypeKind::union_;
        result.name = text(type.name_off);
        for (std::uint32_t i = 0; i < btf_vlen(&type); ++i) {
            const btf_member& member = btf_members(&type)[i];
            result.members.push_back({text(member.name_off), read(member.type), btf_member_bit_offset(&type, i),
                                      btf_member_bitfield_size(&type, i)});
        }
    }

    [[nodiscard]] bool is_sound(const TypeDescription& type) const {
        if (type.size_bytes > max_size_bytes) return false;
        if (type.kind == TypeKind::array) {
            const std::size_t element = types_[type.element_type].size_bytes;
            return element <= max_size_bytes && type.element_count * element == type.size_bytes;
        }
        return std::ranges::all_of(type.members, [&](const MemberDescription& member) {
            const TypeDescription& of = types_[member.type];
            const std::size_t bits = member.bit_size != 0 ? member.bit_size : of.size_bytes * 8;
            if (of.size_bytes > max_size_bytes || member.bit_offset + bits > type.size_bytes * 8) return false;
            const bool may_be_bitfield =
                of.kind == TypeKind::integer || of.kind == TypeKind::boolean || of.kind == TypeKind::enumeration;
            return member.bit_size == 0 ? member.bit_offset % 8 == 0
                                        : may_be_bitfield && member.bit_size <= of.size_bytes * 8;
        });
    }

    static constexpr int max_depth = 64;
    static constexpr std::size_t max_size_bytes = std::size_t{1} << 30;
    const btf* btf_;
    std::vector<TypeDescription>& types_;
    std::unordered_map<std::uint32_t, TypeId> known_;
    int depth_ = 0;
    bool malformed_ = false;
};

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

MapDescription describe_map(bpf_map* map, const btf* btf, TypeReader& types) {
    MapDescription result;
    result.name = result.identifier = bpf_map__name(map);
    result.is_struct_ops = bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS;
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
