#include "skeleton/rust_types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "skeleton/c_types.hpp"

namespace wasm_bpf::skeleton {
namespace {

using bpf::MemberDescription;
using bpf::TypeDescription;
using bpf::TypeId;
using bpf::TypeKind;

// Strict and reserved ones of every edition. C's that are Rust's too cannot be in BTF.
constexpr auto keywords = std::to_array<std::string_view>(
    {"abstract", "as",   "async",   "await",  "become", "box",    "const",    "dyn",  "final", "fn",
     "gen",      "impl", "in",      "let",    "loop",   "macro",  "match",    "mod",  "move",  "mut",
     "override", "priv", "pub",     "ref",    "trait",  "true",   "false",    "try",  "type",  "unsafe",
     "unsized",  "use",  "virtual", "where",  "yield",  "break",  "continue", "else", "enum",  "extern",
     "for",      "if",   "return",  "static", "struct", "typeof", "while",    "do"});
// Of Rust's types: no struct has padding behind so many bytes.
constexpr std::size_t largest_alignment = 16;
// These cannot be written r#…
constexpr auto path_words = std::to_array<std::string_view>({"self", "Self", "super", "crate", "_"});

std::string integer(const TypeDescription& type) {
    if (type.name == "char") return "u8";  // texts are bytes in Rust
    return fmt::format("{}{}", type.is_signed ? "i" : "u", type.size_bytes * 8);
}

std::string size_assertion(const std::string& type, std::size_t size_bytes) {
    return fmt::format("    assert!(size_of::<{}>() == {});\n", type, size_bytes);
}

constexpr std::string_view record_head =
    "#[repr({0})]\n#[derive(Clone, Copy, Debug)]\npub struct {1} {{\n{2}}}\n\n{3}"
    "impl Default for {1} {{\n    fn default() -> Self {{ ::wasm_bpf::Pod::zeroed() }}\n}}\n\n"
    "// Every bit pattern is valid, and every byte is declared.\nunsafe impl ::wasm_bpf::Pod for {1} {{}}\n\n"
    "const _: () = {{\n{4}}};\n\n";

}  // namespace

std::string rust_identifier(const std::string& name) {
    const std::string identifier = c_identifier(name);
    if (std::ranges::find(path_words, identifier) != path_words.end()) return identifier + "_";
    return std::ranges::find(keywords, identifier) != keywords.end() ? "r#" + identifier : identifier;
}

std::string type_identifier(const std::string& name) {
    std::string result;
    bool starts_word = true;
    for (const unsigned char c : name) {
        if (std::isalnum(c) == 0) {
            starts_word = true;
            continue;
        }
        result += static_cast<char>(starts_word ? std::toupper(c) : c);
        starts_word = false;
    }
    return result.empty() || std::isdigit(static_cast<unsigned char>(result.front())) != 0 ? "_" + result : result;
}

RustTypes::RustTypes(const bpf::ObjectDescription& object) : object_(object), layouts_(object.types) {
    for (const TypeDescription& type : object.types)
        for (const MemberDescription& member : type.members) member_names_.insert(member.name);
    // Sections have their names first: those of types can change.
    for (const bpf::MapDescription& map : object.maps)
        if (map.is_global_data) taken_.insert(map.identifier);
    name_types();
}

void RustTypes::name_types() {
    for (TypeId id = 0; id < object_.types.size(); ++id)
        if (!object_.types[id].name.empty()) name_type(id, object_.types[id].name);
    // A member's type comes before it: what is seen last is part of nothing.
    for (TypeId id = object_.types.size(); id-- > 0;)
        if (names_.contains(id)) name_parts(id, names_[id]);
    for (const bpf::MapDescription& map : object_.maps) {
        for (const auto& variable : map.variables) name_parts(variable.type, map.identifier + "__" + variable.name);
        if (map.key_type) name_parts(*map.key_type, map.identifier + "__key");
        if (map.value_type) name_parts(*map.value_type, map.identifier + "__value");
    }
    for (TypeId id = object_.types.size(); id-- > 0;)
        if (!names_.contains(id) && Layouts::has_declaration(object_.types[id])) name_parts(id, "anonymous");
}

// The type's, where it has none, and those of the types that it is made of, after their places in it.
void RustTypes::name_parts(TypeId id, const std::string& name) {
    while (object_.types[id].kind == TypeKind::array) id = object_.types[id].element_type;
    const TypeDescription& type = object_.types[id];
    if (!names_.contains(id)) name_type(id, name);
    if (!names_.contains(id)) return;
    int anonymous = 0;
    for (const MemberDescription& member : type.members) {
        TypeId part = member.type;
        while (object_.types[part].kind == TypeKind::array) part = object_.types[part].element_type;
        const std::string place = member.name.empty() ? fmt::format("anon_{}", anonymous++) : member.name;
        if (!names_.contains(part)) name_parts(part, names_[id] + "__" + place);
    }
}

void RustTypes::name_type(TypeId id, const std::string& name) {
    if (!Layouts::has_declaration(object_.types[id])) return;
    const std::string first = c_identifier(name);
    std::string unused = first;
    for (int number = 2; !taken_.insert(unused).second; ++number) unused = fmt::format("{}_{}", first, number);
    names_[id] = unused;
}

std::string RustTypes::use_of(TypeId id, const std::string& prefix) const {
    const TypeDescription& type = object_.types[id];
    if (const auto name = names_.find(id); name != names_.end()) return prefix + rust_identifier(name->second);
    if (type.kind == TypeKind::array)
        return fmt::format("[{}; {}]", use_of(type.element_type, prefix), type.element_count);
    if (Layouts::is_bytes(type)) return fmt::format("[u8; {}]", type.size_bytes);
    switch (type.kind) {
        case TypeKind::boolean: return "::wasm_bpf::Bool";
        case TypeKind::floating: return type.size_bytes == 4 ? "f32" : "f64";
        case TypeKind::pointer: return "u64";
        default: return integer(type);
    }
}

std::string RustTypes::definitions() {
    std::string text;
    for (const auto& [id, name] : names_) {
        const TypeKind kind = object_.types[id].kind;
        own_names_ = 0;
        text += kind == TypeKind::enumeration ? enumeration(id)
                : kind == TypeKind::union_    ? union_of(id)
                                              : structure(id);
    }
    return text;
}

// A number with names for some of its values: BPF may store any.
std::string RustTypes::enumeration(TypeId id) const {
    const TypeDescription& type = object_.types[id];
    const std::string name = use_of(id);
    std::string constants, arms;
    std::set<std::int64_t> named;
    for (const auto& [enumerator, value] : type.enumerators) {
        const std::string number =
            type.is_signed ? fmt::format("{}", value) : fmt::format("{}", static_cast<std::uint64_t>(value));
        constants += fmt::format("    pub const {}: Self = Self({});\n", rust_identifier(enumerator), number);
        if (named.insert(value).second)
            arms += fmt::format("            {} => f.write_str(\"{}\"),\n", number, enumerator);
    }
    return fmt::format(
        "#[repr(transparent)]\n#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]\n"
        "pub struct {0}(pub {1});\n\nimpl {0} {{\n{2}}}\n\n"
        "impl ::core::fmt::Debug for {0} {{\n"
        "    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {{\n        match self.0 {{\n"
        "{3}            other => write!(f, \"{0}({{other}})\"),\n        }}\n    }}\n}}\n\n"
        "unsafe impl ::wasm_bpf::Pod for {0} {{}}\n\n",
        name, integer(type), constants, arms);
}

// "__pad0" and so on, without those that members have.
std::string RustTypes::own_name(const std::string& kind) {
    std::string name;
    do name = fmt::format("__{}{}", kind, own_names_++);
    while (member_names_.contains(name));
    return name;
}

std::string RustTypes::bitfield_methods(const MemberDescription& member, const std::string& storage,
                                        std::size_t bit_offset) const {
    if (member.name.empty()) return {};
    const TypeDescription& type = object_.types[member.type];
    const std::string identifier = rust_identifier(member.name);
    std::string bare = c_identifier(member.name);
    const bool is_enumeration = names_.contains(member.type);
    const bool is_bool = type.kind == TypeKind::boolean;
    const std::string number = is_bool ? "u8" : Layouts::is_bytes(type) ? "u64" : integer(type);
    const std::string value = is_bool ? "bool" : is_enumeration ? use_of(member.type) : number;
    const std::string_view get = type.is_signed ? "get_signed" : "get";
    const std::string got =
        fmt::format("::wasm_bpf::bits::{}(&self.{}, {}, {})", get, storage, bit_offset, member.bit_size);
    const std::string result = is_bool          ? got + " != 0"
                               : is_enumeration ? fmt::format("{}({} as {})", value, got, number)
                                                : fmt::format("{} as {}", got, number);
    return fmt::format(
        "    pub fn {0}(&self) -> {1} {{\n        {2}\n    }}\n"
        "    pub fn set_{3}(&mut self, value: {1}) {{\n"
        "        ::wasm_bpf::bits::set(&mut self.{4}, {5}, {6}, value{7} as u64)\n    }}\n",
        identifier, value, result, bare, storage, bit_offset, member.bit_size, is_enumeration ? ".0" : "");
}

// The type of a field, as what programs change is declared.
std::string RustTypes::in_cell(const std::string& type, const Body& body) {
    return body.is_live ? fmt::format("::wasm_bpf::Live<{}>", type) : type;
}

// Bytes up to the next field: padding, or those that bitfields are in.
void RustTypes::fill_to(std::size_t end, Body& body) {
    if (end <= body.end) return;
    const std::string name = own_name(body.bitfields.empty() ? "pad" : "bits");
    const std::string type = in_cell(fmt::format("[u8; {}]", end - body.end), body);
    body.fields += fmt::format("    #[doc(hidden)]\n    pub {}: {},\n", name, type);
    for (const MemberDescription* member : body.bitfields)
        body.methods += bitfield_methods(*member, name, member->bit_offset - body.end * 8);
    body.bitfields.clear();
    body.end = end;
}

void RustTypes::add_field(const std::string& of, const std::string& name, const std::string& type, std::size_t offset,
                          std::size_t size_bytes, Body& body) {
    fill_to(offset, body);
    body.fields += fmt::format("    pub {}: {},\n", name, in_cell(type, body));
    body.assertions += fmt::format("    assert!(::core::mem::offset_of!({}, {}) == {});\n", of, name, offset);
    body.end = offset + size_bytes;
}

std::string RustTypes::structure(TypeId id) {
    const TypeDescription& type = object_.types[id];
    const RecordLayout layout = layouts_.lay_out(type);
    const std::string name = use_of(id);
    Body body;
    int anonymous = 0;
    for (const Field& field : layout.fields) {
        if (field.kind == Field::Kind::undeclared)
            body.fields += fmt::format("    // '{}' overlaps what is before it\n", field.member->name);
        if (field.kind != Field::Kind::member) continue;
        const MemberDescription& member = *field.member;
        if (member.bit_size != 0) {
            body.bitfields.push_back(&member);
            continue;
        }
        const std::string member_name =
            member.name.empty() ? fmt::format("anon_{}", anonymous++) : rust_identifier(member.name);
        add_field(name, member_name, use_of(member.type), member.bit_offset / 8, object_.types[member.type].size_bytes,
                  body);
    }
    fill_to(type.size_bytes, body);
    std::string methods = body.methods.empty() ? "" : fmt::format("impl {} {{\n{}}}\n\n", name, body.methods);
    return fmt::format(fmt::runtime(record_head), layout.packed ? "C, packed" : "C", name, body.fields, methods,
                       size_assertion(name, type.size_bytes) + body.assertions);
}

// Its bytes, with a pair of methods for each member: a union of Rust's is unsafe to read.
std::string RustTypes::union_of(TypeId id) {
    const TypeDescription& type = object_.types[id];
    const RecordLayout layout = layouts_.lay_out(type);
    const std::string name = use_of(id);
    std::string fields = fmt::format("    pub bytes: [u8; {}],\n", type.size_bytes);
    if (!layout.packed && layout.alignment > 1)
        fields = fmt::format("    #[doc(hidden)]\n    pub __align: [u{}; 0],\n", layout.alignment * 8) + fields;
    std::string methods;
    int anonymous = 0;
    for (const MemberDescription& member : type.members) {
        if (member.bit_size != 0) {
            methods += bitfield_methods(member, "bytes", member.bit_offset);
            continue;
        }
        const std::string plain = member.name.empty() ? fmt::format("anon_{}", anonymous++) : c_identifier(member.name);
        methods += fmt::format(
            "    pub fn {0}(&self) -> {1} {{\n        ::wasm_bpf::bits::read(&self.bytes)\n    }}\n"
            "    pub fn set_{2}(&mut self, value: {1}) {{\n        ::wasm_bpf::bits::write(&mut self.bytes, value)\n   "
            " }}\n",
            rust_identifier(plain), use_of(member.type), plain);
    }
    methods = fmt::format("impl {} {{\n{}}}\n\n", name, methods);
    return fmt::format(fmt::runtime(record_head), layout.packed ? "C, packed" : "C", name, fields, methods,
                       size_assertion(name, type.size_bytes));
}

std::string RustTypes::section(const bpf::MapDescription& map) {
    const std::string name = rust_identifier(map.identifier);
    own_names_ = 0;
    // What lies between and behind them may be static variables, which have no name here: programs change those too.
    Body body;
    body.is_live = !map.is_read_only;
    for (const auto& variable : map.variables)
        add_field(name, rust_identifier(variable.name), use_of(variable.type), variable.offset,
                  object_.types[variable.type].size_bytes, body);
    if (body.is_live) fill_to((body.end + largest_alignment - 1) / largest_alignment * largest_alignment, body);
    return fmt::format(
        "/// The variables of {0}.\n#[repr(C)]\npub struct {1} {{\n{2}}}\n\n"
        "// Every bit pattern is valid; what programs change is in cells.\n"
        "unsafe impl ::wasm_bpf::skeleton::Section for {1} {{}}\n\nconst _: () = {{\n{3}}};\n\n",
        map.name, name, body.fields, body.assertions);
}

}  // namespace wasm_bpf::skeleton
