#include "bpf/type_reader.hpp"

#include <algorithm>
#include <cstddef>

namespace wasm_bpf::bpf {
namespace {

constexpr int max_depth = 64;
constexpr std::size_t max_size_bytes = std::size_t{1} << 30;

}  // namespace

TypeId TypeReader::read(std::uint32_t btf_id) {
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

std::string TypeReader::text(std::uint32_t offset) const {
    const char* found = btf__name_by_offset(btf_, offset);
    return found != nullptr ? found : "";
}

bool TypeReader::malformed() const {
    return malformed_ || !std::ranges::all_of(types_, [&](const TypeDescription& type) { return is_sound(type); });
}

TypeDescription TypeReader::describe(const btf_type& type, std::uint32_t btf_id) {
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

void TypeReader::describe_enumeration(const btf_type& type, TypeDescription& result) {
    result.kind = TypeKind::enumeration;
    result.name = text(type.name_off);
    result.is_signed = btf_kflag(&type);
    for (int i = 0; i < btf_vlen(&type); ++i) {
        if (btf_is_enum64(&type)) {
            const struct btf_enum64& entry = btf_enum64(&type)[i];
            result.enumerators.push_back({text(entry.name_off), static_cast<std::int64_t>(btf_enum64_value(&entry))});
        } else {
            const struct btf_enum& entry = btf_enum(&type)[i];
            const auto value = static_cast<std::uint32_t>(entry.val);
            result.enumerators.push_back({text(entry.name_off), result.is_signed ? std::int64_t{entry.val} : value});
        }
    }
}

void TypeReader::describe_record(const btf_type& type, TypeDescription& result) {
    result.kind = btf_is_struct(&type) ? TypeKind::structure : TypeKind::union_;
    result.name = text(type.name_off);
    for (std::uint32_t i = 0; i < btf_vlen(&type); ++i) {
        const btf_member& member = btf_members(&type)[i];
        result.members.push_back({text(member.name_off), read(member.type), btf_member_bit_offset(&type, i),
                                  btf_member_bitfield_size(&type, i)});
    }
}

bool TypeReader::is_sound(const TypeDescription& type) const {
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

}  // namespace wasm_bpf::bpf
