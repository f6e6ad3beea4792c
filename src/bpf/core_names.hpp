#pragma once
// CO-RE relocations in words.

#include <string>

#include "bpf/object_code.hpp"

namespace wasm_bpf::bpf {

// What a program relies on in the kernel's types.
struct CoreUse {
    enum class What { type, field, enumerator } what = What::type;
    std::string type{};    // with what it is, and without a flavor: "struct task_struct"
    std::string member{};  // "se.sum_exec_runtime", "comm[0]"; an enumerator's name; empty for the type itself
    // It only asks whether the kernel has it (bpf_core_field_exists() and its like), or takes zero for an answer.
    bool asks_only = false;

    friend auto operator<=>(const CoreUse&, const CoreUse&) = default;
};

// Nothing in `type` where the relocation makes no sense.
[[nodiscard]] CoreUse describe(const CoreRelocation& relocation, const btf* types);

}  // namespace wasm_bpf::bpf
