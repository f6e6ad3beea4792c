#include "policy/resolved_path.hpp"

#include <cerrno>
#include <filesystem>
#include <optional>
#include <vector>

#include "api/file_paths.hpp"

namespace wasm_bpf::policy {
namespace {

namespace fs = std::filesystem;

bool in_proc(std::string_view path) { return path == "/proc" || path.starts_with("/proc/"); }

void push_reversed(std::vector<std::string>& left, const fs::path& path) {
    const std::size_t start = left.size();
    for (const fs::path& part : path.relative_path())
        left.insert(left.begin() + static_cast<long>(start), part.string());
}

// Nothing where the path cannot be walked.
std::optional<std::string> walk(const fs::path& absolute, bool follow_proc) {
    constexpr int most_links = 40;  // as the kernel's own limit
    std::vector<std::string> left;  // the last is the next
    push_reversed(left, absolute);
    fs::path walked = "/";
    int links = 0;
    while (!left.empty()) {
        const std::string part = std::move(left.back());
        left.pop_back();
        if (part.empty() || part == ".") continue;
        const bool as_it_is = !follow_proc && in_proc(walked.native());
        if (part == "..") {
            if (as_it_is) return std::nullopt;
            walked = walked.parent_path();
            continue;
        }
        const fs::path next = walked / part;
        const auto said = as_it_is ? std::nullopt : link_target(next);
        if (!said) {
            // No link, or nothing is there.
            if (!as_it_is && errno != EINVAL && errno != ENOENT && errno != ENOTDIR) return std::nullopt;
            walked = next;
            continue;
        }
        if (++links > most_links) return std::nullopt;
        const fs::path target = *said;
        if (target.is_absolute()) walked = "/";
        push_reversed(left, target);
    }
    return walked.string();
}

}  // namespace

ResolvedPath resolve(std::string_view path) {
    if (path.find('/') == path.npos) return {std::string(path), std::string(path), true};
    const auto absolute = absolute_path(std::string(path));
    if (!absolute) return {};
    auto strict = walk(*absolute, false);
    if (!strict) return {};
    auto followed = walk(*absolute, true);
    return {std::move(*strict), followed ? std::move(*followed) : *strict, true};
}

}  // namespace wasm_bpf::policy
