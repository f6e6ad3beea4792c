#include "toolchain/debug_types.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace wasm_bpf::toolchain {
namespace {

// Where aliases and arrays of one another never end, the listing is no compiler's.
constexpr int max_depth = 100;

// A line is either an entry, "0x0000002a:   DW_TAG_member", deeper ones further to the right, or an attribute of the
// entry before it, "    DW_AT_name	("pid")".
struct Line {
    bool is_entry = false;
    std::uint64_t offset = 0;
    std::size_t depth = 0;
    std::string_view name;
    std::string_view value;  // without the parentheses
};

std::uint64_t number(std::string_view text) {
    std::uint64_t result = 0;
    const bool is_hexadecimal = text.starts_with("0x");
    if (is_hexadecimal) text.remove_prefix(2);
    std::from_chars(text.data(), text.data() + text.size(), result, is_hexadecimal ? 16 : 10);
    return result;
}

// `("pid")` and `(0x0000002a "int")` -> what is between the quotes.
std::string_view quoted(std::string_view value) {
    const std::size_t start = value.find('"');
    const std::size_t end = value.rfind('"');
    return start == value.npos || end == start ? std::string_view() : value.substr(start + 1, end - start - 1);
}

Line parse(std::string_view text) {
    Line line;
    if (text.starts_with("0x")) {
        const std::size_t colon = text.find(':');
        const std::size_t name = colon == text.npos ? colon : text.find_first_not_of(' ', colon + 1);
        if (name == text.npos) return line;
        line.is_entry = true;
        line.offset = number(text.substr(0, colon));
        line.depth = (name - colon) / 2;
        line.name = text.substr(name);
        return line;
    }
    const std::size_t start = text.find_first_not_of(' ');
    if (start == text.npos || !text.substr(start).starts_with("DW_AT_")) return line;
    const std::size_t end = text.find('\t', start);
    if (end == text.npos) return line;
    line.name = text.substr(start, end - start);
    line.value = text.substr(std::min(end + 2, text.size()));
    if (line.value.ends_with(')')) line.value.remove_suffix(1);
    return line;
}

DebugType::Kind kind_of(std::string_view tag) {
    using Kind = DebugType::Kind;
    constexpr std::pair<std::string_view, Kind> kinds[] = {
        {"DW_TAG_base_type", Kind::base},
        {"DW_TAG_pointer_type", Kind::pointer},
        {"DW_TAG_reference_type", Kind::pointer},
        {"DW_TAG_rvalue_reference_type", Kind::pointer},
        {"DW_TAG_ptr_to_member_type", Kind::pointer},
        {"DW_TAG_typedef", Kind::alias},
        {"DW_TAG_const_type", Kind::alias},
        {"DW_TAG_volatile_type", Kind::alias},
        {"DW_TAG_restrict_type", Kind::alias},
        {"DW_TAG_atomic_type", Kind::alias},
        {"DW_TAG_array_type", Kind::array},
        {"DW_TAG_enumeration_type", Kind::enumeration},
        {"DW_TAG_structure_type", Kind::record},
        {"DW_TAG_class_type", Kind::record},
        {"DW_TAG_union_type", Kind::record},
    };
    const auto* found = std::ranges::find(kinds, tag, &std::pair<std::string_view, Kind>::first);
    return found == std::end(kinds) ? Kind::other : found->second;
}

void set_place(Place& place, const Line& line) {
    if (line.name == "DW_AT_decl_file") place.file = std::filesystem::path(quoted(line.value)).lexically_normal();
    if (line.name == "DW_AT_decl_line") place.line = static_cast<int>(number(line.value));
}

void set(DebugType& type, const Line& line) {
    set_place(type.place, line);
    if (line.name == "DW_AT_name") type.name = quoted(line.value);
    if (line.name == "DW_AT_byte_size") type.size_bytes = number(line.value);
    if (line.name == "DW_AT_type") type.target = number(line.value.substr(0, line.value.find(' ')));
    if (line.name == "DW_AT_encoding") type.is_signed = line.value.starts_with("DW_ATE_signed");
    if (line.name == "DW_AT_alignment") type.alignment = number(line.value);
    if (line.name == "DW_AT_declaration") type.is_complete = false;
}

void set(DebugMember& member, const Line& line) {
    set_place(member.place, line);
    if (line.name == "DW_AT_name") member.name = quoted(line.value);
    if (line.name == "DW_AT_type") {
        member.type = number(line.value.substr(0, line.value.find(' ')));
        member.type_name = quoted(line.value);
    }
    if (line.name == "DW_AT_data_member_location") member.bit_offset = number(line.value) * 8;
    if (line.name == "DW_AT_data_bit_offset") member.bit_offset = number(line.value);
    if (line.name == "DW_AT_alignment") member.alignment = number(line.value);
    if (line.name == "DW_AT_bit_size") member.bit_size = number(line.value);
}

}  // namespace

DebugTypes::DebugTypes(std::string_view listing) {
    std::vector<DebugTypeId> parents;  // the entry of each depth
    DebugType* type = nullptr;
    DebugMember* member = nullptr;
    DebugType* subrange_of = nullptr;  // one without a count is flexible
    std::size_t elements_before = 1;   // those of the array's other dimensions
    std::size_t address_bytes = 8;
    while (!listing.empty()) {
        const std::string_view text = listing.substr(0, listing.find('\n'));
        listing.remove_prefix(std::min(text.size() + 1, listing.size()));
        constexpr std::string_view address_size = "addr_size = ";
        if (const std::size_t at = text.find(address_size); text.find(" Unit: ") != text.npos && at != text.npos)
            address_bytes = number(text.substr(at + address_size.size(), 4));
        const Line line = parse(text);
        if (line.is_entry) {
            type = nullptr, member = nullptr, subrange_of = nullptr;
            parents.resize(std::max(parents.size(), line.depth + 1));
            parents[line.depth] = line.offset;
            const auto parent = line.depth == 0 ? types_.end() : types_.find(parents[line.depth - 1]);
            if (line.name == "DW_TAG_member" || line.name == "DW_TAG_inheritance") {
                if (parent != types_.end()) member = &parent->second.members.emplace_back();
            } else if (line.name == "DW_TAG_subrange_type") {
                if (parent != types_.end()) subrange_of = &parent->second;
                if (subrange_of != nullptr) elements_before = std::exchange(subrange_of->element_count, 0);
            } else if (const DebugType::Kind kind = kind_of(line.name); kind != DebugType::Kind::other) {
                type = &types_[line.offset];
                type->kind = kind;
                if (kind == DebugType::Kind::record) type->tag = line.name == "DW_TAG_union_type" ? "union" : "struct";
                if (kind == DebugType::Kind::pointer) type->size_bytes = address_bytes;
            }
        } else if (member != nullptr) {
            set(*member, line);
        } else if (type != nullptr) {
            set(*type, line);
        } else if (subrange_of != nullptr && (line.name == "DW_AT_count" || line.name == "DW_AT_upper_bound")) {
            subrange_of->element_count = elements_before * (number(line.value) + (line.name == "DW_AT_count" ? 0 : 1));
        }
    }
    name_typedefs();
}

void DebugTypes::name_typedefs() {
    for (auto& [id, type] : types_) {
        if (type.kind != DebugType::Kind::alias || type.name.empty()) continue;
        const auto target = types_.find(type.target);
        if (target == types_.end() || target->second.kind != DebugType::Kind::record || !target->second.name.empty())
            continue;
        target->second.name = type.name;
        target->second.tag.clear();
    }
}

std::size_t DebugTypes::size_bytes(DebugTypeId id) const {
    std::size_t count = 1;
    for (int depth = 0; depth < max_depth; ++depth) {
        const auto type = types_.find(id);
        if (type == types_.end()) return 0;
        switch (type->second.kind) {
            case DebugType::Kind::array: count *= type->second.element_count; [[fallthrough]];
            case DebugType::Kind::alias: id = type->second.target; break;
            default: return count * type->second.size_bytes;
        }
    }
    return 0;
}

std::optional<DebugTypeId> DebugTypes::element_id(DebugTypeId id) const {
    for (int depth = 0; depth < max_depth; ++depth) {
        const auto type = types_.find(id);
        if (type == types_.end()) return std::nullopt;
        if (type->second.kind != DebugType::Kind::array && type->second.kind != DebugType::Kind::alias) return id;
        id = type->second.target;
    }
    return std::nullopt;
}

const DebugType* DebugTypes::element(DebugTypeId id) const {
    const std::optional<DebugTypeId> found = element_id(id);
    return found ? &types_.at(*found) : nullptr;
}

std::optional<DebugTypeId> DebugTypes::find(std::string_view full_name) const {
    std::optional<DebugTypeId> declared;  // where it is not said what it holds
    for (const auto& [id, type] : types_) {
        if (type.name.empty() || type.full_name() != full_name) continue;
        if (type.is_complete) return id;
        declared = id;
    }
    return declared;
}

}  // namespace wasm_bpf::toolchain
