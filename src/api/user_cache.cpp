#include "api/user_cache.hpp"

#include <cstdlib>

namespace wasm_bpf {

std::filesystem::path user_cache_folder() {
    const auto variable = [](const char* name) -> std::filesystem::path {
        const char* value = std::getenv(name);
        return value != nullptr ? value : "";
    };
    if (auto folder = variable("WASM_BPF_CACHE"); !folder.empty()) return folder;
    if (auto folder = variable("XDG_CACHE_HOME"); !folder.empty()) return folder / "wasm-bpf";
    if (auto folder = variable("HOME"); !folder.empty()) return folder / ".cache" / "wasm-bpf";
    return {};
}

}  // namespace wasm_bpf
