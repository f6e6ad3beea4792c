#include "skeleton/go_types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <string_view>

#include "skeleton/go_names.hpp"
#include "skeleton/layout.hpp"

namespace wasm_bpf::skeleton {
namespace {

using bpf::MemberDescription;
using bpf::TypeDescription;
using bpf::TypeId;
using bpf::TypeKind;

// Pointers are numbers: an address of the kernel's means nothing here. A char is a byte, as texts are made of them.
std::string number_type(const TypeDescription& type) {
    switch (type.kind) {
        case TypeKind::boolean: return "bool";
        case TypeKind::floating: return fmt::format("float{}", type.size_bytes * 8);
        case TypeKind::pointer: return "uint64";
        default: break;
    }
    if (type.size_bytes == 16) return "[2]uint64";
    if (type.kind == TypeKind::integer && type.name == "char") return "byte";
    return fmt::format("{}int{}", type.is_signed ? "" : "u", type.size_bytes * 8);
}

constexpr std::string_view assertion_template = R"(
func _() {{
	// An error here says that Go does not lay {0} out as BPF does.
	var x [1]struct{{}}
{1}}}
)";

constexpr std::string_view member_template = R"(
// {1} is the union's member of that name.
func (u *{0}) {1}() *{2} {{
	return (*{2})(unsafe.Pointer(u))
}}
)";

constexpr std::string_view bitfield_template = R"(
// {1} is a bit field.
func (s *{0}) {1}() {2} {{
	return {3}
}}

// Set{1} sets it.
func (s *{0}) Set{1}(value {2}) {{
	ebpf.SetBits(s.{4}[:], {5}, {6}, uint64(value))
}}
)";

}  // namespace

GoTypes::GoTypes(const bpf::ObjectDescription& object, std::string stem) : object_(object), stem_(std::move(stem)) {
    for (const std::string_view own :
         {"Specs", "Objects", "Maps", "Programs", "Variables", "MapSpecs", "ProgramSpecs", "VariableSpecs"})
        taken_.insert(stem_ + std::string(own));
    for (TypeId id = 0; id < object.types.size(); ++id)
        if (!object.types[id].name.empty()) name_type(id, stem_ + go_identifier(object.types[id].name));
    for (const bpf::MapDescription& map : object.maps)
        for (const auto& variable : map.variables) name_parts(variable.type, stem_ + go_identifier(variable.name));
    for (TypeId id = 0; id < object.types.size(); ++id) name_type(id, stem_ + "Type");
}

// A struct, union or enumeration, and what is in it without a name.
void GoTypes::name_type(TypeId id, const std::string& name) {
    const TypeDescription& type = object_.types[id];
    if (!Layouts::has_declaration(type) || names_.contains(id)) return;
    const std::string own = names_[id] = unused_name(name, taken_);
    int number = 0;
    for (const MemberDescription& member : type.members)
        name_parts(member.type,
                   own + (member.name.empty() ? fmt::format("U{}", number++) : go_identifier(member.name)));
}

void GoTypes::name_parts(TypeId id, const std::string& name) {
    while (object_.types[id].kind == TypeKind::array) id = object_.types[id].element_type;
    if (object_.types[id].name.empty()) name_type(id, name);
}

// Of the declaration, which may have bytes where BPF has more.
std::size_t GoTypes::alignment(TypeId id) const {
    const TypeDescription& type = object_.types[id];
    switch (type.kind) {
        case TypeKind::array: return type.element_count == 0 ? 1 : alignment(type.element_type);
        case TypeKind::structure:
        case TypeKind::union_: return std::min(largest_alignment(type), alignment_limit(type));
        default: return Layouts::is_bytes(type) ? 1 : std::min<std::size_t>(type.size_bytes, 8);
    }
}

// Of the fields, among which are those of structs without a name.
std::size_t GoTypes::largest_alignment(const TypeDescription& record) const {
    std::size_t largest = 1;
    for (const MemberDescription& member : record.members) {
        const TypeDescription& type = object_.types[member.type];
        const bool is_part = member.name.empty() && type.kind == TypeKind::structure;
        if (member.bit_size == 0)
            largest = std::max(largest, is_part ? largest_alignment(type) : alignment(member.type));
    }
    return largest;
}

std::size_t GoTypes::alignment_limit(const TypeDescription& record) const {
    return record.size_bytes == 0 ? 1 : std::min<std::size_t>(8, record.size_bytes & -record.size_bytes);
}

std::string GoTypes::use_of(TypeId id) const {
    const TypeDescription& type = object_.types[id];
    if (type.kind == TypeKind::array) return fmt::format("[{}]{}", type.element_count, use_of(type.element_type));
    if (const auto name = names_.find(id); name != names_.end()) return name->second;
    return Layouts::is_bytes(type) ? fmt::format("[{}]byte", type.size_bytes) : number_type(type);
}

std::string GoTypes::definitions() {
    std::string text;
    for (const auto& [id, name] : names_) {
        switch (object_.types[id].kind) {
            case TypeKind::enumeration: text += enumeration(id); break;
            case TypeKind::union_: text += union_of(id); break;
            default: text += structure(id); break;
        }
    }
    return text;
}

std::string GoTypes::enumeration(TypeId id) {
    const TypeDescription& type = object_.types[id];
    const std::string& name = names_.at(id);
    std::vector<std::vector<std::string>> lines;
    for (const auto& [enumerator, value] : type.enumerators)
        lines.push_back(
            {unused_name(name + go_identifier(enumerator), taken_), name,
             type.is_signed ? fmt::format("= {}", value) : fmt::format("= {}", static_cast<std::uint64_t>(value))});
    return fmt::format("\ntype {} {}\n\nconst (\n{})\n", name, number_type(type), aligned(lines));
}

void GoTypes::fill_to(std::size_t end, Body& body) {
    if (end > body.end) body.fields.push_back({"_", fmt::format("[{}]byte", end - body.end)});
    body.end = std::max(body.end, end);
}

// What stands between the last field and `end` is bytes, which the methods of bit fields read.
void GoTypes::add_bitfields(std::size_t end, Body& body) {
    if (body.bitfields.empty()) return;
    const std::string storage = unused_name("bits", body.taken);
    body.fields.push_back({storage, fmt::format("[{}]byte", end - body.end)});
    imports_.insert("wasm-bpf/ebpf");
    for (const auto& [member, first_bit] : body.bitfields) {
        if (member->name.empty()) continue;
        const std::string name = unused_name(go_identifier(member->name), body.taken);
        const std::string type = use_of(member->type);
        const std::size_t offset = first_bit - body.end * 8;
        const TypeDescription& described = object_.types[member->type];
        std::string get = fmt::format("ebpf.GetBits(s.{}[:], {}, {})", storage, offset, member->bit_size);
        if (described.kind == TypeKind::boolean) {
            body.methods += fmt::format(
                "\n// {1} is a bit field.\nfunc (s *{0}) {1}() bool {{\n\treturn {2} != 0\n}}\n", body.name, name, get);
            continue;
        }
        get = described.is_signed ? fmt::format("{0}(int64({1}<<{2}) >> {2})", type, get, 64 - member->bit_size)
                                  : fmt::format("{}({})", type, get);
        body.methods += fmt::format(bitfield_template, body.name, name, type, get, storage, offset, member->bit_size);
    }
    body.bitfields.clear();
    body.end = end;
}

void GoTypes::add_member(const MemberDescription& member, std::size_t offset, Body& body) {
    const TypeDescription& type = object_.types[member.type];
    const std::size_t place = offset + member.bit_offset / 8;
    if (member.bit_size != 0) {
        body.bitfields.emplace_back(&member, offset * 8 + member.bit_offset);
        return;
    }
    if (member.name.empty() && type.kind == TypeKind::structure) return add_members(type, place, body);
    // Go would put padding behind a field of no size at the end.
    if (type.size_bytes == 0 || place < body.end) return;
    add_bitfields(place, body);
    fill_to(place, body);
    const std::size_t align = alignment(member.type);
    const bool fits = place % align == 0 && align <= body.limit;
    std::string use = fits ? use_of(member.type) : fmt::format("[{}]byte", type.size_bytes);
    body.end = place + type.size_bytes;
    if (member.name.empty()) {  // a union, whose methods the struct has too
        body.fields.push_back(fits ? std::vector{use} : std::vector<std::string>{"_", use});
        return;
    }
    const std::string name = unused_name(go_identifier(member.name), body.taken);
    body.fields.push_back({name, std::move(use)});
    body.assertions += fmt::format("\t_ = x[unsafe.Offsetof({}{{}}.{})-{}]\n", body.name, name, place);
}

void GoTypes::add_members(const TypeDescription& record, std::size_t offset, Body& body) {
    for (const MemberDescription& member : record.members) add_member(member, offset, body);
}

std::string GoTypes::structure(TypeId id) {
    const TypeDescription& type = object_.types[id];
    Body body;
    body.name = names_.at(id);
    body.limit = alignment_limit(type);
    body.fields.push_back({"_", "structs.HostLayout"});
    add_members(type, 0, body);
    add_bitfields(type.size_bytes, body);
    fill_to(type.size_bytes, body);
    imports_.insert({"structs", "unsafe"});
    body.assertions = fmt::format("\t_ = x[unsafe.Sizeof({}{{}})-{}]\n", body.name, type.size_bytes) + body.assertions;
    return fmt::format("\ntype {} struct {{\n{}}}\n", body.name, aligned(body.fields)) + body.methods +
           fmt::format(assertion_template, body.name, body.assertions);
}

// As numbers of the size that its alignment is: where it lies in a struct is right then.
std::string GoTypes::union_of(TypeId id) {
    const TypeDescription& type = object_.types[id];
    const std::string& name = names_.at(id);
    const std::size_t align = alignment(id);
    imports_.insert({"structs", "unsafe"});
    const std::vector<std::vector<std::string>> fields = {
        {"_", "structs.HostLayout"}, {"Raw", fmt::format("[{}]uint{}", type.size_bytes / align, align * 8)}};
    std::string text = fmt::format("\n// {0} is a union: its methods give its members.\ntype {0} struct {{\n{1}}}\n",
                                   name, aligned(fields));
    std::set<std::string> taken = {"Raw"};
    for (const MemberDescription& member : type.members) {
        if (member.bit_size != 0 || object_.types[member.type].size_bytes == 0 || alignment(member.type) > align)
            continue;
        text += fmt::format(member_template, name,
                            unused_name(member.name.empty() ? "Struct" : go_identifier(member.name), taken),
                            use_of(member.type));
    }
    return text + fmt::format(assertion_template, name,
                              fmt::format("\t_ = x[unsafe.Sizeof({}{{}})-{}]\n", name, type.size_bytes));
}

}  // namespace wasm_bpf::skeleton
