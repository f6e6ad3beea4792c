#pragma once
// What the running kernel's own type information says.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

struct BtfQuestion {
    enum class About { type, field, function, enumerator } about;
    std::uint32_t type_kind = 0;  // BTF_KIND_* that the type has; 0: any kind of type
    std::string name;             // type, struct or union, function; enum, or empty: any
    std::string member;           // field, or a path of them ("a.b"), anonymous members left out; enumerator
    std::string module;           // of the kernel; empty: the kernel itself
};

struct BtfAnswer {
    std::uint32_t type_id = 0;     // of the type, the field's type, the function, the enum
    std::uint32_t kind = 0;        // BTF_KIND_*, typedefs and qualifiers of a field's type passed over
    std::uint32_t bit_offset = 0;  // of the field in the outermost struct
    std::uint32_t bit_size = 0;    // of a bit field; else 0
    std::uint32_t byte_size = 0;   // of the type; 0 where it has none
    std::int64_t value = 0;        // of the enumerator
};

// Whether libbpf finds the running kernel's BTF: in /sys/kernel/btf, else in an image of the kernel on disk. Where it
// is in /sys it costs one system call.
[[nodiscard]] bool kernel_has_btf();

// ENOENT, with a text that names what is missing, where the kernel does not have it; EOPNOTSUPP where the kernel has no
// BTF. A module's types are looked up before the kernel's; a function must be the module's own. Thread-safe. The BTF is
// read at the first question and kept to the process's end (docs/kernel_facts.md has its cost).
[[nodiscard]] Result<BtfAnswer> ask_kernel_btf(const BtfQuestion& question);

// Copies as much of the kernel's BTF as fits: its own (empty name), or a module's, which is split from it. Its full
// size. ENOENT where there is no such module, or none with BTF; EOPNOTSUPP where the kernel has no BTF. Thread-safe.
[[nodiscard]] Result<std::size_t> read_kernel_btf(const std::string& module, std::span<std::byte> room);

}  // namespace wasm_bpf::bpf
