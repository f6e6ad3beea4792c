#pragma once
// The types that both halves of a tool use, as Go declarations: of fixed size, without pointers, with every byte of
// padding declared, so that sizes and places are BPF's.

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "bpf/describe.hpp"

namespace wasm_bpf::skeleton {

class GoTypes {
public:
    // `object` must outlive it. Names of types begin with `stem`.
    GoTypes(const bpf::ObjectDescription& object, std::string stem);

    // Structs, unions (as bytes with methods) and enumerations, each with assertions of its size and places.
    [[nodiscard]] std::string definitions();
    // A type where it is used: "[16]byte", "fooEvent".
    [[nodiscard]] std::string use_of(bpf::TypeId id) const;
    // Packages that the definitions need, in the order of their names.
    [[nodiscard]] const std::set<std::string>& imports() const { return imports_; }

private:
    // The fields of a struct while they are written down, in the order of their places.
    struct Body {
        std::string name;
        std::size_t limit = 1;  // that Go must not align a field to more than, or the struct's size would grow
        std::vector<std::vector<std::string>> fields;
        std::string methods, assertions;
        std::size_t end = 0;
        std::set<std::string> taken;
        std::vector<std::pair<const bpf::MemberDescription*, std::size_t>>
            bitfields;  // after `end`, with their first bits
    };

    void name_type(bpf::TypeId id, const std::string& name);
    void name_parts(bpf::TypeId id, const std::string& name);
    [[nodiscard]] std::size_t alignment(bpf::TypeId id) const;
    [[nodiscard]] std::size_t largest_alignment(const bpf::TypeDescription& record) const;
    [[nodiscard]] std::size_t alignment_limit(const bpf::TypeDescription& record) const;
    [[nodiscard]] std::string enumeration(bpf::TypeId id);
    [[nodiscard]] std::string structure(bpf::TypeId id);
    [[nodiscard]] std::string union_of(bpf::TypeId id);
    void add_members(const bpf::TypeDescription& record, std::size_t offset, Body& body);
    void add_member(const bpf::MemberDescription& member, std::size_t offset, Body& body);
    void add_bitfields(std::size_t end, Body& body);
    void fill_to(std::size_t end, Body& body);

    const bpf::ObjectDescription& object_;
    std::string stem_;
    std::map<bpf::TypeId, std::string> names_;
    std::set<std::string> taken_;
    std::set<std::string> imports_;
};

}  // namespace wasm_bpf::skeleton
