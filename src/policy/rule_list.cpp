#include "policy/rule_list.hpp"

#include <ranges>

#include "policy/patterns.hpp"
#include "policy/resolved_path.hpp"

namespace wasm_bpf::policy {
namespace {

// A pattern with the folders before its first wildcard resolved, so that `/bin/*` is about what `/bin` leads to.
std::string resolved_pattern(const std::string& pattern) {
    const std::size_t wildcard = pattern.find_first_of("*?");
    const std::size_t slash = pattern.rfind('/', wildcard);
    if (wildcard != pattern.npos && (slash == pattern.npos || slash == 0)) return pattern;
    const std::size_t folders = wildcard == pattern.npos ? pattern.size() : slash;
    const ResolvedPath resolved = resolve(pattern.substr(0, folders));
    return resolved.known ? resolved.path + pattern.substr(folders) : pattern;
}

bool matches(const std::string& pattern, std::string_view path) {
    return matches_path(pattern, path) || matches_path(resolved_pattern(pattern), path);
}

}  // namespace

bool RuleList::allows(std::string_view asked) const {
    // The kernel would see only what comes before.
    if (asked.find('\0') != asked.npos) return false;
    return flavor_ == Flavor::names ? allows_name(asked) : allows_path(asked);
}

bool RuleList::allows_name(std::string_view asked) const {
    for (const Entry& entry : std::views::reverse(entries_)) {
        if (entry.verdict == Verdict::deny) {
            if (overlaps(entry.pattern, asked)) return false;
        } else if (covers(entry.pattern, asked)) {
            return true;
        }
    }
    return false;
}

bool RuleList::allows_path(std::string_view asked) const {
    const ResolvedPath resolved = resolve(asked);
    const bool bare = asked.find('/') == asked.npos;
    for (const Entry& entry : std::views::reverse(entries_)) {
        const bool everything = entry.pattern == "**";
        if (entry.verdict == Verdict::deny) {
            // A bare name is looked up by whoever takes it, and may lead anywhere.
            if (!resolved.known || bare || matches(entry.pattern, resolved.path) ||
                matches(entry.pattern, resolved.followed))
                return false;
        } else if (everything || (resolved.known && matches(entry.pattern, resolved.path))) {
            return true;
        }
    }
    return false;
}

}  // namespace wasm_bpf::policy
