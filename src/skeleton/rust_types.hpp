#pragma once
// The types that both halves of a tool use, as Rust declarations. Every one of them is valid whatever its bytes are,
// and has none that it does not declare.

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "bpf/describe.hpp"
#include "skeleton/layout.hpp"

namespace wasm_bpf::skeleton {

// A name as Rust has it where it is one of Rust's own words: "type" -> "r#type", "self" -> "self_".
[[nodiscard]] std::string rust_identifier(const std::string& name);
// "my-tool" -> "MyTool".
[[nodiscard]] std::string type_identifier(const std::string& name);

class RustTypes {
public:
    // `object` must outlive it.
    explicit RustTypes(const bpf::ObjectDescription& object);

    // Structs, unions and enumerations.
    [[nodiscard]] std::string definitions();
    // The struct of a map's variables, named after the map: cells, where programs may change them.
    [[nodiscard]] std::string section(const bpf::MapDescription& map);
    // A type where it is used: "[u8; 16]", and with `prefix` "types::" "types::event".
    [[nodiscard]] std::string use_of(bpf::TypeId id, const std::string& prefix = "") const;

private:
    // The fields of a struct while they are written down, in the order of their places.
    struct Body {
        std::string fields, methods, assertions;
        std::size_t end = 0;
        std::vector<const bpf::MemberDescription*> bitfields;  // between `end` and the next field
        bool is_live = false;                                  // programs may change every byte of it
    };

    void name_types();
    void name_parts(bpf::TypeId id, const std::string& name);
    void name_type(bpf::TypeId id, const std::string& name);
    [[nodiscard]] std::string own_name(const std::string& kind);
    [[nodiscard]] std::string enumeration(bpf::TypeId id) const;
    [[nodiscard]] std::string structure(bpf::TypeId id);
    [[nodiscard]] std::string union_of(bpf::TypeId id);
    void add_field(const std::string& of, const std::string& name, const std::string& type, std::size_t offset,
                   std::size_t size_bytes, Body& body);
    void fill_to(std::size_t end, Body& body);
    [[nodiscard]] static std::string in_cell(const std::string& type, const Body& body);
    [[nodiscard]] std::string bitfield_methods(const bpf::MemberDescription& member, const std::string& storage,
                                               std::size_t bit_offset) const;

    const bpf::ObjectDescription& object_;
    Layouts layouts_;
    std::map<bpf::TypeId, std::string> names_;
    std::set<std::string> taken_;
    std::set<std::string> member_names_;
    int own_names_ = 0;  // given in the present declaration
};

}  // namespace wasm_bpf::skeleton
