#pragma once
// What a path leads to.

#include <string>
#include <string_view>

namespace wasm_bpf::policy {

struct ResolvedPath {
    // Absolute, without `.`, `..` and symbolic links as far as it exists. The links of /proc are left as they are: they
    // lead to what has no path here, as another container's root.
    std::string path;
    std::string followed;  // the same with those links taken at their word
    bool known = false;    // false: too many links, `..` behind a link of /proc, or a folder that may not be read
};

// A name without a slash is left as it is: a library that is looked up by its name.
[[nodiscard]] ResolvedPath resolve(std::string_view path);

}  // namespace wasm_bpf::policy
