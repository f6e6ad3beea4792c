#pragma once
// What a CO-RE relocation asks for, and whether a kernel's types have it: libbpf's rules (relo_core.c), which it
// applies only while it loads.

#include <bpf/btf.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bpf/btf_file.hpp"
#include "bpf/object_code.hpp"

namespace wasm_bpf::bpf {

// An object's types as they are in its file: libbpf changes what it opened, and calls what is declared only defined.
// Null where it has none.
[[nodiscard]] BtfPointer read_object_btf(std::span<const std::byte> elf);

// The path that a relocation names, in words (relo_core.c: bpf_core_parse_spec).
struct CoreSpec {
    struct Step {
        std::uint32_t type_id = 0;  // the struct that has the member; of an index the element's type
        std::uint32_t index = 0;
        std::string name;  // of the member; empty: an index
    };
    std::vector<Step> steps;  // the first is the type itself
    std::string enumerator;
};

// Nothing where it makes no sense.
[[nodiscard]] std::optional<CoreSpec> read_core_spec(const CoreRelocation& relocation, const btf* types);

[[nodiscard]] bool is_field_kind(std::uint32_t kind);
[[nodiscard]] bool is_enumerator_kind(std::uint32_t kind);
// Whether an instruction makes no sense without an answer; the others are given zero (relo_core.c: bpf_core_calc_relo).
[[nodiscard]] bool needs_answer(std::uint32_t kind);

// Whether that type of the kernel, whose name fits, has what is asked for (relo_core.c: bpf_core_spec_match).
[[nodiscard]] bool core_spec_matches(const CoreRelocation& relocation, const CoreSpec& spec, const btf* types,
                                     const btf* kernel, std::uint32_t kernel_type_id);
// Whether types of those kinds can stand for one another (libbpf_internal.h: btf_kind_core_compat).
[[nodiscard]] bool kinds_fit(const btf_type* a, const btf_type* b);

// "" where there is no such text.
[[nodiscard]] std::string_view text_at(const btf* types, std::uint32_t offset);
// The type without qualifiers and typedefs, and its number in `id`; null where there is no end to them.
[[nodiscard]] const btf_type* plain_type(const btf* types, std::uint32_t& id);

}  // namespace wasm_bpf::bpf
