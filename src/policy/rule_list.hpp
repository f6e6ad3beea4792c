#pragma once
// What a rule allows and denies, in the order in which it was said.

#include <string>
#include <string_view>
#include <vector>

namespace wasm_bpf::policy {

enum class Verdict { allow, deny };

class RuleList {
public:
    enum class Flavor { names, paths };

    explicit RuleList(Flavor flavor) : flavor_(flavor) {}

    // Goes before what was said so far.
    void add(std::string pattern, Verdict verdict) { entries_.push_back({std::move(pattern), verdict}); }
    void clear() { entries_.clear(); }

    // What was said last decides; where nothing was said: no. Of names, `asked` may be a pattern itself: then whether
    // all that it stands for is allowed. Of paths, it is resolved as the kernel will.
    [[nodiscard]] bool allows(std::string_view asked) const;

private:
    struct Entry {
        std::string pattern;
        Verdict verdict;
    };
    [[nodiscard]] bool allows_name(std::string_view asked) const;
    [[nodiscard]] bool allows_path(std::string_view asked) const;

    Flavor flavor_;
    std::vector<Entry> entries_;
};

}  // namespace wasm_bpf::policy
