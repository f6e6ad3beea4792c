#pragma once
// A kernel's BTF cut down to what objects ask of it: a few hundred bytes instead of megabytes.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "bpf/core_relocations.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

// What libbpf looks up by its whole name when it loads an object.
struct NamedType {
    std::uint32_t kind;  // BTF_KIND_FUNC or BTF_KIND_TYPEDEF
    std::string name;
};

struct BtfNeeds {
    const btf* types = nullptr;  // the object's own, to which the relocations refer
    std::vector<CoreRelocation> relocations;
    std::vector<NamedType> named;
};

struct TrimmedBtf {
    std::vector<std::byte> bytes;  // raw BTF
    // Of the named ones, in their order: the number in the trimmed BTF and the kernel's own.
    struct Number {
        std::uint32_t trimmed;
        std::uint32_t kernel;
    };
    std::vector<Number> numbers;
    // Whether every relocation's type and every name is there. Where one is not, libbpf goes on to look in the modules,
    // which takes the whole BTF.
    bool complete = true;
    // Whether a relocation asks for a type's number in the kernel, which the trimmed BTF does not have.
    bool numbers_used = false;
};

// Relocations against the result come out as they do against `all`: it has every candidate for them, in the same
// order, with the members on their way. EINVAL where `all` is malformed.
[[nodiscard]] Result<TrimmedBtf> trim_btf(const btf* all, std::span<const BtfNeeds> objects);

// What these object files need of a kernel whose BTF is in `file` (btf_file.hpp; empty: the running kernel's) to be
// relocated for it: raw BTF for `btf_custom_path` and --btf.
[[nodiscard]] Result<std::vector<std::byte>> min_btf(std::span<const std::span<const std::byte>> objects,
                                                     const std::filesystem::path& file);

// Whether any of them is relocated at all.
[[nodiscard]] bool has_core_relocations(std::span<const std::span<const std::byte>> objects);

}  // namespace wasm_bpf::bpf
