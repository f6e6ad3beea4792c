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
        while (btf_is_mod(type) || btf_is_typedef(type)) {
            if (btf_is_typedef(type)) typedef_name = text(type->name_off);
            btf_id = type->type;
            type = btf__type_by_id(btf_, btf_id);
        }
        if (const auto known = known_.find(btf_id); known != known_.end()) return known->second;

        TypeDescription description = describe(*type, btf_id);
        if (description.name.empty()) description.name = typedef_name;
        types_.push_back(std::move(description));
        return known_[btf_id] = types_.size() - 1;
    }

    [[nodiscard]] std::string text(std::uint32_t offset) const { return btf__name_by_offset(btf_, offset); }

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

    const btf* btf_;
    std::vector<TypeDescription>& types_;
    std::unordered_map<std::uint32_t, TypeId> known_;
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

void describe_variables(const btf* btf, TypeReader& types, MapDescription& map) {
    for (std::uint32_t id = 1; id < btf__type_cnt(btf); ++id) {
        const btf_type* section = btf__type_by_id(btf, id);
        if (!btf_is_datasec(section)) continue;
        if (global_data_identifier(types.text(section->name_off)) != map.identifier) continue;
        for (std::uint32_t i = 0; i < btf_vlen(section); ++i) {
            const btf_var_secinfo& place = btf_var_secinfos(section)[i];
            const btf_type* variable = btf__type_by_id(btf, place.type);
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

}  // namespace

Result<ObjectDescription> describe_object(std::span<const std::byte> elf, const std::string& name) {
    const LibbpfMessages messages;
    bpf_object_open_opts options{};
    options.sz = sizeof options;
    options.object_name = name.c_str();
    const ObjectPointer object(bpf_object__open_mem(elf.data(), elf.size(), &options), &bpf_object__close);
    if (!object) {
        const std::string otherwise = error_text(errno);
        const std::string reason = messages.reason();
        return fail(EINVAL, "no BPF object that libbpf can open: " + (reason.empty() ? otherwise : reason));
    }
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
    return result;
}

}  // namespace wasm_bpf::bpf
