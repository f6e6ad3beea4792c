#pragma once
// Structs that a guest shares with BPF programs: BPF is LP64 and wasm32 is ILP32, so that `long`, pointers and size_t
// differ, and the one would read what the other wrote from the wrong places.

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "toolchain/debug_types.hpp"

namespace wasm_bpf::toolchain {

struct SharedTypesRule {
    // Whether a file is the user's own. The kernel's types, the C library's and the SDK's are not shared.
    std::function<bool(const std::filesystem::path&)> is_users_file;
    std::set<std::string> unshared;  // names that the user has said are not shared
};

// One text for each struct or union that both sides use and that is declared in the same file of the user's, or in two
// with the same members, yet lies otherwise in the guest than in BPF: where, both layouts, what to write instead.
// In the form of a compiler's messages: "tool.h:4: error: …", each line ended.
[[nodiscard]] std::vector<std::string> layout_conflicts(const DebugTypes& bpf, const DebugTypes& guest,
                                                        const SharedTypesRule& rule);

// The table of such a text, lines with both layouts, of two types whose members' own layouts it shows too. Empty where
// they agree.
[[nodiscard]] std::string layout_table(const DebugTypes& bpf_types, const DebugType& bpf, const DebugTypes& guest_types,
                                       const DebugType& guest);

// "tool.h:4", from the present folder where it is below it.
[[nodiscard]] std::string shown(const Place& place);

}  // namespace wasm_bpf::toolchain
