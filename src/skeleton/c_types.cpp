#include "skeleton/c_types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace wasm_bpf::skeleton {
namespace {

using bpf::MemberDescription;
using bpf::TypeDescription;
using bpf::TypeId;
using bpf::TypeKind;

std::string integer_type(const TypeDescription& type) {
    if (type.kind == TypeKind::integer && type.name == "char") return "char";
    if (type.size_bytes == 16) return type.is_signed ? "__int128" : "unsigned __int128";
    return fmt::format("{}int{}_t", type.is_signed ? "" : "u", type.size_bytes * 8);
}

std::string_view keyword(const TypeDescription& type) {
    if (type.kind == TypeKind::enumeration) return "enum";
    return type.kind == TypeKind::union_ ? "union" : "struct";
}

// Of C++ alone: C's cannot be in BTF.
constexpr auto cpp_keywords = std::to_array<std::string_view>(
    {"and",       "and_eq",    "bitand",   "bitor",      "catch",        "char8_t",          "char16_t",  "char32_t",
     "class",     "compl",     "concept",  "const_cast", "consteval",    "constexpr",        "constinit", "co_await",
     "co_return", "co_yield",  "decltype", "delete",     "dynamic_cast", "explicit",         "export",    "friend",
     "mutable",   "namespace", "new",      "noexcept",   "not",          "not_eq",           "nullptr",   "operator",
     "or",        "or_eq",     "private",  "protected",  "public",       "reinterpret_cast", "requires",  "static_cast",
     "template",  "this",      "throw",    "try",        "typeid",       "typename",         "using",     "virtual",
     "xor",       "xor_eq"});
constexpr std::string_view name_macro = "WASM_BPF_NAME_";

bool mentions_word(std::string_view text, std::string_view word) {
    const auto in_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    for (std::size_t at = 0; (at = text.find(word, at)) != text.npos; at += word.size())
        if (at + word.size() == text.size() || !in_word(text[at + word.size()])) return true;
    return false;
}

}  // namespace

std::string c_identifier(std::string text) {
    std::ranges::replace_if(text, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
    if (!text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) != 0) text.insert(0, "_");
    return text;
}

std::string member_identifier(const std::string& name) {
    const std::string identifier = c_identifier(name);
    return std::ranges::find(cpp_keywords, identifier) != cpp_keywords.end()
               ? fmt::format("{}{}", name_macro, identifier)
               : identifier;
}

std::string cpp_names(const std::string& text) {
    std::string result;
    for (const std::string_view keyword : cpp_keywords) {
        const std::string macro = fmt::format("{}{}", name_macro, keyword);
        if (!mentions_word(text, macro)) continue;
        result +=
            fmt::format("#ifndef {0}\n#ifdef __cplusplus\n#define {0} {1}_\n#else\n#define {0} {1}\n#endif\n#endif\n",
                        macro, keyword);
    }
    return result.empty() ? result : "/* What C++ reserves has an underscore there. */\n" + result + "\n";
}

CTypes::CTypes(const bpf::ObjectDescription& object) : object_(object), layouts_(object.types) {
    for (TypeId id = 0; id < object.types.size(); ++id)
        if (has_tag(object.types[id])) tags_[id] = unused_tag(object.types[id].name);
    for (const TypeDescription& type : object.types)
        for (const MemberDescription& member : type.members) member_names_.insert(member.name);
}

// "__pad0", "__pad1" and so on, without those that members have. Structs without a name share them with what they are
// in.
std::string CTypes::padding_name() {
    std::string name;
    do name = fmt::format("__pad{}", paddings_++);
    while (member_names_.contains(name));
    return name;
}

// Enumerations of other sizes, and those without values, are declared as integers.
bool CTypes::has_tag(const TypeDescription& type) const {
    if (type.name.empty()) return false;
    return is_record(type) || (type.kind == TypeKind::enumeration && type.size_bytes == 4 && !type.enumerators.empty());
}

std::string CTypes::prefixed(const std::string& name) const {
    return object_.name.empty() ? name : fmt::format("{}__{}", object_.name, name);
}

// Linked objects may hold different types of one name, and a type may be called as a section is.
std::string CTypes::unused_tag(const std::string& name) {
    const auto taken = [&](const std::string& tag) {
        return std::ranges::any_of(tags_, [&](const auto& entry) { return entry.second == tag; }) ||
               std::ranges::any_of(object_.maps,
                                   [&](const auto& map) { return object_.name + "__" + map.identifier == tag; });
    };
    const std::string first = prefixed(c_identifier(name));
    std::string tag = first;
    for (int number = 2; taken(tag); ++number) tag = fmt::format("{}_{}", first, number);
    return tag;
}

std::string CTypes::definitions() {
    std::string text;
    for (const auto& [id, tag] : tags_) {
        const TypeDescription& type = object_.types[id];
        const bool is_enumeration = type.kind == TypeKind::enumeration;
        text += fmt::format("#ifndef {0}\n{1}#endif\n", tag, is_enumeration ? enumeration(id) : record(id));
        if (is_enumeration) {
            text += fmt::format("WASM_BPF_STATIC_ASSERT(sizeof(enum {0}) == 4, \"size of enum {0}\");\n\n", tag);
            continue;
        }
        const bool may_be_declared = c_identifier(type.name) == type.name;
        if (!object_.name.empty())
            text += fmt::format("WASM_BPF_SKELETON_TYPE({}, {}, {})\n", keyword(type),
                                may_be_declared ? type.name : tag, tag);
        text += assertions(record_name(id), type) + "\n";
    }
    return text;
}

std::string CTypes::enumeration(TypeId id) const {
    std::string text = fmt::format("enum {} {{\n", tags_.at(id));
    for (const auto& [name, value] : object_.types[id].enumerators)
        text += fmt::format("\t{} = {},\n", prefixed(c_identifier(name)), value);
    return text + "};\n";
}

std::string CTypes::record(TypeId id) {
    const TypeDescription& type = object_.types[id];
    paddings_ = 0;
    return fmt::format("{} {} {};\n", keyword(type), tags_.at(id), body(type, ""));
}

std::string CTypes::record_name(TypeId id) const {
    const std::string& tag = tags_.at(id);
    return object_.name.empty() ? fmt::format("{} {}", keyword(object_.types[id]), tag) : tag + "_type";
}

std::string CTypes::body(const TypeDescription& record, const std::string& indent) {
    const RecordLayout layout = layouts_.lay_out(record);
    std::string text = "{\n";
    // An empty struct takes a byte in C++, one with an empty array does not.
    if (layout.fields.empty()) text += fmt::format("{}\tuint8_t {}[0];\n", indent, padding_name());
    for (const Field& field : layout.fields) {
        text += indent + "\t";
        switch (field.kind) {
            case Field::Kind::member: text += declaration(*field.member, indent + "\t"); break;
            case Field::Kind::padding_bits: text += fmt::format("uint8_t : {};", field.count); break;
            case Field::Kind::padding_bytes: text += fmt::format("uint8_t {}[{}];", padding_name(), field.count); break;
            case Field::Kind::undeclared:
                text += fmt::format("/* '{}' overlaps what is before it */", field.member->name);
                break;
        }
        text += "\n";
    }
    return text + indent + (layout.packed ? "} __attribute__((packed))" : "}");
}

std::string CTypes::declaration(const MemberDescription& member, const std::string& indent) {
    std::string suffix;
    TypeId id = member.type;
    for (; object_.types[id].kind == TypeKind::array; id = object_.types[id].element_type)
        suffix += fmt::format("[{}]", object_.types[id].element_count);
    if (Layouts::is_bytes(object_.types[id])) suffix += fmt::format("[{}]", object_.types[id].size_bytes);
    if (member.bit_size != 0) suffix = fmt::format(" : {}", member.bit_size);
    const std::string base = base_type(id, indent);
    const std::string space = member.name.empty() ? "" : " ";
    const std::string_view note = object_.types[id].kind == TypeKind::pointer ? " /* pointer */" : "";
    return fmt::format("{}{}{}{};{}", base, space, member.name.empty() ? "" : member_identifier(member.name), suffix,
                       note);
}

std::string CTypes::base_type(TypeId id, const std::string& indent) {
    const TypeDescription& type = object_.types[id];
    if (const auto tag = tags_.find(id); tag != tags_.end())
        return is_record(type) ? record_name(id) : "enum " + tag->second;
    if (is_record(type)) return fmt::format("{} {}", keyword(type), body(type, indent));
    if (Layouts::is_bytes(type)) return "uint8_t";
    switch (type.kind) {
        case TypeKind::boolean: return "bool";
        case TypeKind::floating: return type.size_bytes == 4 ? "float" : "double";
        case TypeKind::pointer: return "uint64_t";
        default: return integer_type(type);
    }
}

std::string CTypes::section(const bpf::MapDescription& map) {
    TypeDescription record;
    record.kind = TypeKind::structure;
    std::size_t alignment = 1;
    for (const auto& variable : map.variables) {
        record.members.push_back({variable.name, variable.type, static_cast<std::uint32_t>(variable.offset * 8), 0});
        alignment = std::max(alignment, layouts_.alignment(variable.type));
    }
    // The section may end before the padding at the struct's end does; its window is whole pages anyway.
    record.size_bytes = (map.size_bytes + alignment - 1) / alignment * alignment;
    const std::string type = fmt::format("struct {}__{}", object_.name, map.identifier);
    paddings_ = 0;
    return fmt::format("{} {};\n{}\n", type, body(record, ""), assertions(type, record));
}

// As bpftool's skeletons name it.
std::string CTypes::operations_type(const bpf::MapDescription& map) const {
    return fmt::format("struct {}__{}__{}", object_.name, c_identifier(map.identifier),
                       c_identifier(map.struct_ops_type));
}

std::string CTypes::operations(const bpf::MapDescription& map) {
    const std::string type = operations_type(map);
    std::string text = type + " {\n";
    std::string places =
        fmt::format("WASM_BPF_STATIC_ASSERT(sizeof({0}) == {1}, \"size of {0}\");\n", type, map.size_bytes);
    std::size_t end = 0;
    const auto pad_to = [&](std::size_t offset) {
        if (offset > end) text += fmt::format("\tuint8_t {}[{}];\n", padding_name(), offset - end);
    };
    paddings_ = 0;
    for (const bpf::OperationDescription& operation : map.operations) {
        pad_to(operation.offset);
        const std::string name = member_identifier(operation.name);
        text += operation.is_program
                    ? fmt::format("\tunion {{ struct bpf_program *{0}; uint64_t {0}__number; }};\n", name)
                    : fmt::format("\t{}\n", declaration({operation.name, operation.type, 0, 0}, "\t"));
        places += fmt::format("WASM_BPF_SKELETON_OFFSET({}, {}, {});\n", type, name, operation.offset);
        end = operation.offset + operation.size_bytes;
    }
    pad_to(map.size_bytes);
    return fmt::format("{}}};\n{}\n", text, places);
}

std::string CTypes::assertions(const std::string& type, const TypeDescription& record) {
    std::string text =
        fmt::format("WASM_BPF_STATIC_ASSERT(sizeof({0}) == {1}, \"size of {0}\");\n", type, record.size_bytes);
    add_member_assertions(type, "", 0, record, text);
    return text;
}

// Into structs without a name of their own too, as they are declared in place.
void CTypes::add_member_assertions(const std::string& type, const std::string& path, std::size_t bit_offset,
                                   const TypeDescription& record, std::string& text) {
    for (const Field& field : layouts_.lay_out(record).fields) {
        if (field.kind != Field::Kind::member || field.member->bit_size != 0) continue;
        const std::size_t offset = bit_offset + field.member->bit_offset;
        std::string place = path;
        const TypeDescription& member_type = object_.types[field.member->type];
        if (!field.member->name.empty()) {
            place += (path.empty() ? "" : ".") + member_identifier(field.member->name);
            // A flexible array has no size, and in a user's own type not even a sizeof.
            const std::string size = member_type.size_bytes == 0 ? "" : fmt::format(", {}", member_type.size_bytes);
            text += fmt::format("WASM_BPF_SKELETON_{}({}, {}, {}{});\n", size.empty() ? "OFFSET" : "PLACE", type, place,
                                offset / 8, size);
        }
        TypeId inner = field.member->type;
        bool is_empty_array = false;
        for (; object_.types[inner].kind == TypeKind::array; inner = object_.types[inner].element_type) {
            place += "[0]";
            is_empty_array |= object_.types[inner].element_count == 0;
        }
        if (is_record(object_.types[inner]) && !tags_.contains(inner) && !is_empty_array)
            add_member_assertions(type, place, offset, object_.types[inner], text);
    }
}

}  // namespace wasm_bpf::skeleton
