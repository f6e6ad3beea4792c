#pragma once
// Where a guest's source gives memory of its own to map calls, or reads what BPF programs wrote: by which types.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "toolchain/syntax_tree.hpp"

namespace wasm_bpf::toolchain {

struct BpfMemoryUse {
    enum class Kind {
        key,     // of a map
        value,   // of a map
        memory,  // a record, global variables: what BPF and the guest share without a call
    };
    Kind kind = Kind::memory;
    Place place;
    std::string type;      // of the guest's, as written: "unsigned long", "const struct event", "unsigned long[4]"
    std::string function;  // that is called, or through whose memory it is read: "bpf_map_lookup_elem"
    // What the expression for the map names, maps' names among it; empty where that is not to be seen.
    std::set<std::string> names;
};

// `sections`: the types of skeletons' global data: "struct tool_bpf__bss". What goes through `void *` in variables of
// the user's is followed where it is passed on plainly; what is computed is not.
[[nodiscard]] std::vector<BpfMemoryUse> bpf_memory_uses(const SyntaxTree& tree, const std::set<std::string>& sections);

// As text, and back: a line each.
[[nodiscard]] std::string listed(const std::vector<BpfMemoryUse>& uses);
[[nodiscard]] std::vector<BpfMemoryUse> read_memory_uses(std::string_view list);

// "const struct event *" -> "struct event", "unsigned long[4]" -> "unsigned long", "char **" -> "char *": what a
// pointer or array leads to, without qualifiers. Empty where it is neither.
[[nodiscard]] std::string pointed_type(std::string_view type);

}  // namespace wasm_bpf::toolchain
