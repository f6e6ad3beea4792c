#pragma once
// What a BPF object holds, as plain data: the model from which skeletons are generated (src/skeleton/).

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

enum class TypeKind {
    integer,  // character types too
    boolean,
    floating,
    pointer,  // what it points to is not described: an address of the kernel means nothing elsewhere
    enumeration,
    array,  // element_type, element_count (0: flexible)
    structure,
    union_,
};

using TypeId = std::size_t;  // index in ObjectDescription::types

struct MemberDescription {
    std::string name;  // empty: an anonymous struct or union
    TypeId type = 0;
    std::uint32_t bit_offset = 0;
    std::uint32_t bit_size = 0;  // 0: no bitfield
};

struct EnumeratorDescription {
    std::string name;
    std::int64_t value = 0;  // of an unsigned enumeration: the same bits
};

// A type with its layout in BPF. Typedefs, const, volatile and type tags are resolved away.
struct TypeDescription {
    TypeKind kind = TypeKind::integer;
    // An integer's in C; a struct's, union's or enumeration's tag, or else its typedef's name, or empty.
    std::string name;
    std::size_t size_bytes = 0;
    bool is_signed = false;  // integers and enumerations
    TypeId element_type = 0;
    std::size_t element_count = 0;
    std::vector<MemberDescription> members;
    std::vector<EnumeratorDescription> enumerators;
};

struct VariableDescription {
    std::string name;
    TypeId type = 0;
    std::size_t offset = 0;      // in its section
    std::size_t size_bytes = 0;  // with what a flexible array at its end was given
};

// A member of a struct_ops that can be set before load.
struct OperationDescription {
    std::string name;
    TypeId type = 0;  // of a number or an array of them
    std::size_t offset = 0;
    std::size_t size_bytes = 0;
    bool is_program = false;
};

struct MapDescription {
    std::string name;        // by which bpf_object__find_map_by_name finds it; global data by its section: ".data.foo"
    std::string identifier;  // as bpftool's skeletons name it: "data_foo"; empty: they leave it out
    // Global data that user space can map: its variables by offset. Static variables are not listed: libbpf does not
    // expose them.
    bool is_global_data = false;
    bool is_read_only = false;
    bool is_arena = false;  // it has the variables of the section .addr_space.1
    bool is_struct_ops = false;
    std::string struct_ops_type;                   // of such a map: "tcp_congestion_ops"
    std::vector<OperationDescription> operations;  // by offset
    std::size_t size_bytes = 0;                    // of global data, an arena's variables or a struct_ops
    std::vector<VariableDescription> variables;
    std::optional<TypeId> key_type, value_type;  // where they were asked for and the definition says them
    bool is_per_cpu = false;
};

struct ProgramDescription {
    std::string name;
    std::string section;
};

struct ObjectDescription {
    std::string name;  // by which its skeleton opens it
    std::vector<ProgramDescription> programs;
    std::vector<MapDescription> maps;
    std::vector<TypeDescription> types;  // DescribedTypes; a member's type comes before it
};

// Which types an object's description has.
enum class DescribedTypes {
    of_variables,
    // Those of maps' keys and values too, and those that variables point to: `const struct event *unused` is how a
    // source says that both halves use a type which no map or variable holds.
    of_both_halves,
};

// EINVAL, with libbpf's reason, where it is no BPF object
// or has no BTF. Needs no privilege and no BTF of the kernel. Thread-safe.
[[nodiscard]] Result<ObjectDescription> describe_object(std::span<const std::byte> elf, const std::string& name,
                                                        DescribedTypes described = DescribedTypes::of_variables);

// Types out of a file's BTF (an object's, a kernel's, a module's; the running kernel's where it is empty), and those
// that they are made of: structs, unions and enumerations by name, "event" or "struct event", or by a typedef. Without
// names: those that an object's maps and global variables hold. ENOENT where there is none of a name.
[[nodiscard]] Result<ObjectDescription> describe_types(const std::filesystem::path& file,
                                                       const std::vector<std::string>& names);

}  // namespace wasm_bpf::bpf
