#pragma once
// The types of a BPF object's global variables as C declarations.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "bpf/describe.hpp"
#include "skeleton/layout.hpp"

namespace wasm_bpf::skeleton {

// `text` with every character that C does not allow in a name replaced by an underscore.
[[nodiscard]] std::string c_identifier(std::string text);

// A name of a member as the header has it: "pid", but for "class", which C++ reserves, a macro. The macros used are
// defined by cpp_names().
[[nodiscard]] std::string member_identifier(const std::string& name);

// Definitions of the macros that stand for reserved names in `text`.
[[nodiscard]] std::string cpp_names(const std::string& text);

// Writes declarations in fixed-width types, each followed by assertions of its sizes and offsets. The names of structs,
// unions and enumerations get the object's name, where it has one, before them, so that they never meet those of a
// user's own header; what is declared of a struct or union is then `x_bpf__event_type`: where `wasm-bpf build` compiles
// it and the source declared a `struct event` before, that one, as in bpftool's skeletons.
class CTypes {
public:
    // `object` must outlive it.
    explicit CTypes(const bpf::ObjectDescription& object);

    // Every named type, in the order of dependence.
    [[nodiscard]] std::string definitions();
    // The struct of a map's variables: `struct x_bpf__data_foo`.
    [[nodiscard]] std::string section(const bpf::MapDescription& map);
    // The name of the struct in which the members of a struct_ops map are set, and the struct, as it lies in BPF:
    // functions are `struct bpf_program *`, what cannot be set is padding.
    [[nodiscard]] std::string operations_type(const bpf::MapDescription& map) const;
    [[nodiscard]] std::string operations(const bpf::MapDescription& map);

private:
    [[nodiscard]] bool has_tag(const bpf::TypeDescription& type) const;
    [[nodiscard]] std::string prefixed(const std::string& name) const;
    [[nodiscard]] std::string unused_tag(const std::string& name);
    [[nodiscard]] std::string padding_name();
    [[nodiscard]] std::string enumeration(bpf::TypeId id) const;
    [[nodiscard]] std::string record(bpf::TypeId id);
    [[nodiscard]] std::string record_name(bpf::TypeId id) const;
    [[nodiscard]] std::string body(const bpf::TypeDescription& record, const std::string& indent);
    [[nodiscard]] std::string declaration(const bpf::MemberDescription& member, const std::string& indent);
    [[nodiscard]] std::string base_type(bpf::TypeId id, const std::string& indent);
    [[nodiscard]] std::string assertions(const std::string& type, const bpf::TypeDescription& record);
    void add_member_assertions(const std::string& type, const std::string& path, std::size_t bit_offset,
                               const bpf::TypeDescription& record, std::string& text);

    const bpf::ObjectDescription& object_;
    Layouts layouts_;
    std::map<bpf::TypeId, std::string> tags_;
    std::set<std::string> member_names_;
    int paddings_ = 0;  // names given in the present declaration
};

}  // namespace wasm_bpf::skeleton
