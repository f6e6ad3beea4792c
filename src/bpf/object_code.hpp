#pragma once
// The functions of a BPF object before it is loaded, with what its relocations say about their instructions.

#include <linux/bpf.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "wasm_bpf/error.hpp"

struct btf;

namespace wasm_bpf::bpf {

// A CO-RE relocation: what the instruction needs to be told of the kernel's types. `access` is a path of indices in the
// object's type ("0:3:1"), `kind` an enum bpf_core_relo_kind.
struct CoreRelocation {
    std::uint32_t type_id = 0;
    std::uint32_t kind = 0;
    std::string access;

    friend auto operator<=>(const CoreRelocation&, const CoreRelocation&) = default;
};

// A name that only the kernel can resolve: a function or variable of its own (`__ksym`), or a setting (`__kconfig`).
struct ExternSymbol {
    enum class Kind { function, variable, setting } kind;
    std::string name;  // without a flavor: as the kernel has it
    bool weak = false;
    bool typed = false;  // a variable that is looked up in the kernel's BTF; others by their symbol
};

struct CodeFunction {
    std::string name, section;
    std::size_t start = 0;  // instructions from the section's begin
    std::vector<bpf_insn> code{};
    // By the instruction's place in this function:
    std::map<std::size_t, std::size_t> calls{};    // index of the function called, or whose address is taken
    std::map<std::size_t, std::size_t> externs{};  // index in ObjectCode::externs
    std::set<std::size_t> addresses{};             // loads of anything else that is known at load only
    std::map<std::size_t, CoreRelocation> core{};
};

struct ObjectCode {
    std::vector<CodeFunction> functions;
    std::vector<ExternSymbol> externs;
    std::string source;  // name of the file that most of its code came from; may be empty

    // Index of a program's function; functions.size() where there is none.
    [[nodiscard]] std::size_t find(const std::string& section, const std::string& name) const;
    // The function and all that it calls.
    [[nodiscard]] std::set<std::size_t> called_from(std::size_t function) const;
};

// Of an object that open_elf() opened, with its BTF (may be null). EINVAL for what is no ELF file.
[[nodiscard]] Result<ObjectCode> read_code(std::span<const std::byte> elf, const btf* types);

}  // namespace wasm_bpf::bpf
