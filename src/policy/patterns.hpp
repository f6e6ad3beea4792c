#pragma once
// Patterns of names and of paths in a policy.

#include <string_view>

namespace wasm_bpf::policy {

// Names: `*` is any text and `?` any one character, in the rule's pattern and in the guest's too (a multi probe takes
// patterns).
// Whether every name that `asked` stands for is one of `pattern`. May say no where it is, never yes where it is not.
[[nodiscard]] bool covers(std::string_view pattern, std::string_view asked);
// Whether some name is of both.
[[nodiscard]] bool overlaps(std::string_view pattern, std::string_view asked);

// Paths: `**` is any text, `*` any text without a slash, `?` one character but a slash. `path` is a path and no
// pattern.
[[nodiscard]] bool matches_path(std::string_view pattern, std::string_view path);

}  // namespace wasm_bpf::policy
