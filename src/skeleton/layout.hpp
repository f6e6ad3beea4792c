#pragma once
// Where the members of BPF's structs lie when they are declared in fixed-width types with explicit padding. The same
// for every language whose integers and floats are aligned to their size, as they are in BPF, wasm32 and 64-bit hosts.

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "bpf/describe.hpp"

namespace wasm_bpf::skeleton {

// A member, or padding, or (where members overlap, which no C struct's do) a member that cannot be declared.
struct Field {
    enum class Kind { member, padding_bits, padding_bytes, undeclared };
    Kind kind = Kind::member;
    const bpf::MemberDescription* member = nullptr;
    std::size_t count = 0;  // of the padding's bits or bytes
};

struct RecordLayout {
    std::vector<Field> fields;
    std::size_t alignment = 1;
    bool packed = false;  // some member lies where its type's alignment would not let it
};

[[nodiscard]] bool is_record(const bpf::TypeDescription& type);

class Layouts {
public:
    // `types` must outlive it.
    explicit Layouts(const std::vector<bpf::TypeDescription>& types) : types_(types) {}

    // Whether the type is declared as its bytes: no language has an integer or float of its size.
    [[nodiscard]] static bool is_bytes(const bpf::TypeDescription& type);
    // Whether languages without headers declare the type by a name of its own: other enumerations are numbers.
    [[nodiscard]] static bool has_declaration(const bpf::TypeDescription& type);
    [[nodiscard]] std::size_t alignment(bpf::TypeId type);
    // Of a structure or union of `types`, or of one made from their members.
    [[nodiscard]] RecordLayout lay_out(const bpf::TypeDescription& record);

private:
    [[nodiscard]] bool misplaced(const bpf::MemberDescription& member);
    void add_members(const bpf::TypeDescription& record, RecordLayout& layout);

    const std::vector<bpf::TypeDescription>& types_;
    std::map<bpf::TypeId, std::size_t> alignments_;
};

}  // namespace wasm_bpf::skeleton
