#include "skeleton/layout.hpp"

#include <algorithm>
#include <bit>

namespace wasm_bpf::skeleton {
namespace {

using bpf::MemberDescription;
using bpf::TypeDescription;
using bpf::TypeKind;

// Covers the bits from `at` up to `end`: single bits only up to a byte's border and after the last one.
void add_padding(std::size_t at, std::size_t end, std::vector<Field>& fields) {
    if (at % 8 != 0 && at < end) {
        const std::size_t bits = std::min(end, (at + 7) / 8 * 8) - at;
        fields.push_back({Field::Kind::padding_bits, nullptr, bits});
        at += bits;
    }
    if (end / 8 > at / 8 && at < end) {
        fields.push_back({Field::Kind::padding_bytes, nullptr, end / 8 - at / 8});
        at = end / 8 * 8;
    }
    if (at < end) fields.push_back({Field::Kind::padding_bits, nullptr, end - at});
}

}  // namespace

bool is_record(const TypeDescription& type) {
    return type.kind == TypeKind::structure || type.kind == TypeKind::union_;
}

bool Layouts::has_declaration(const TypeDescription& type) {
    return is_record(type) || (type.kind == TypeKind::enumeration && !type.enumerators.empty() && !is_bytes(type));
}

bool Layouts::is_bytes(const TypeDescription& type) {
    switch (type.kind) {
        case TypeKind::integer:
        case TypeKind::enumeration: return !std::has_single_bit(type.size_bytes) || type.size_bytes > 16;
        case TypeKind::floating: return type.size_bytes != 4 && type.size_bytes != 8;
        case TypeKind::boolean: return type.size_bytes != 1;
        default: return false;
    }
}

std::size_t Layouts::alignment(bpf::TypeId id) {
    const TypeDescription& type = types_[id];
    switch (type.kind) {
        case TypeKind::array: return alignment(type.element_type);
        case TypeKind::structure:
        case TypeKind::union_: break;
        default: return is_bytes(type) ? 1 : type.size_bytes;
    }
    const auto known = alignments_.find(id);
    if (known != alignments_.end()) return known->second;
    return alignments_[id] = lay_out(type).alignment;
}

bool Layouts::misplaced(const MemberDescription& member) {
    if (member.bit_size == 0) return member.bit_offset % (alignment(member.type) * 8) != 0;
    // A bitfield never crosses a border of its type's size (System V ABI; BPF and wasm32 keep to it).
    const std::size_t unit = types_[member.type].size_bytes * 8;
    return member.bit_offset % unit + member.bit_size > unit;
}

RecordLayout Layouts::lay_out(const TypeDescription& record) {
    RecordLayout layout;
    for (const MemberDescription& member : record.members)
        layout.alignment = std::max(layout.alignment, alignment(member.type));
    layout.packed = record.size_bytes % layout.alignment != 0 ||
                    std::ranges::any_of(record.members, [&](const auto& member) { return misplaced(member); });
    if (layout.packed) layout.alignment = 1;
    add_members(record, layout);
    return layout;
}

void Layouts::add_members(const TypeDescription& record, RecordLayout& layout) {
    const bool is_union = record.kind == TypeKind::union_;
    std::size_t at = 0;
    for (const MemberDescription& member : record.members) {
        if (!is_union && member.bit_offset < at) {
            layout.fields.push_back({Field::Kind::undeclared, &member, 0});
            continue;
        }
        if (!is_union) add_padding(at, member.bit_offset, layout.fields);
        layout.fields.push_back({Field::Kind::member, &member, 0});
        const std::size_t bits = member.bit_size != 0 ? member.bit_size : types_[member.type].size_bytes * 8;
        at = is_union ? std::max(at, bits) : member.bit_offset + bits;
    }
    if (!is_union) return add_padding(at, record.size_bytes * 8, layout.fields);
    if (at < record.size_bytes * 8) layout.fields.push_back({Field::Kind::padding_bytes, nullptr, record.size_bytes});
}

}  // namespace wasm_bpf::skeleton
