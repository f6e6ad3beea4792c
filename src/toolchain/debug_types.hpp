#pragma once
// The types that a compiled file uses, as its debug information has them: layouts, and where each is declared.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wasm_bpf::toolchain {

struct Place {
    std::filesystem::path file;
    int line = 0;
};

using DebugTypeId = std::uint64_t;  // where it lies in the debug information; 0: void

struct DebugMember {
    std::string name;  // empty: an anonymous struct or union
    std::string type_name;
    DebugTypeId type = 0;
    std::size_t bit_offset = 0;
    std::size_t bit_size = 0;   // 0: no bitfield
    std::size_t alignment = 0;  // that it was given by an attribute
    Place place;
};

struct DebugType {
    enum class Kind { other, base, pointer, alias, array, enumeration, record };
    Kind kind = Kind::other;
    std::string tag;   // "struct", "union" of a record
    std::string name;  // a record's own, or else its typedef's
    std::size_t size_bytes = 0;
    std::size_t element_count = 1;
    std::size_t alignment = 0;  // that it was given by an attribute
    bool is_signed = false;
    bool is_complete = true;
    DebugTypeId target = 0;  // of an alias (typedef, const, volatile), an array's elements
    std::vector<DebugMember> members;
    Place place;

    // "struct event", or the name of a typedef.
    [[nodiscard]] std::string full_name() const { return tag.empty() ? name : tag + " " + name; }
};

class DebugTypes {
public:
    // `listing` is what llvm-dwarfdump prints of an object file.
    explicit DebugTypes(std::string_view listing);

    [[nodiscard]] const std::map<DebugTypeId, DebugType>& all() const { return types_; }
    [[nodiscard]] std::map<DebugTypeId, DebugType>& all_mutable() { return types_; }
    [[nodiscard]] std::size_t size_bytes(DebugTypeId id) const;
    // What is left without typedefs, const and arrays; null where that is void or unknown.
    [[nodiscard]] const DebugType* element(DebugTypeId id) const;
    [[nodiscard]] std::optional<DebugTypeId> element_id(DebugTypeId id) const;
    // "struct event", "unsigned long" or the name of a typedef; nothing where the code has no such type.
    [[nodiscard]] std::optional<DebugTypeId> find(std::string_view full_name) const;

private:
    void name_typedefs();

    std::map<DebugTypeId, DebugType> types_;
};

}  // namespace wasm_bpf::toolchain
