// Uses of BPF's memory as the build keeps them between two runs: a line each, its fields parted by tabs.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "toolchain/bpf_memory_uses.hpp"

namespace wasm_bpf::toolchain {
namespace {

// The text before the next `end`, which is taken off with it.
std::string_view take(std::string_view& text, char end) {
    const std::string_view part = text.substr(0, text.find(end));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    return part;
}

int number(std::string_view text) {
    int result = 0;
    std::from_chars(text.data(), text.data() + text.size(), result);
    return result;
}

}  // namespace

std::string listed(const std::vector<BpfMemoryUse>& uses) {
    std::string text;
    for (const BpfMemoryUse& use : uses)
        text += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", static_cast<int>(use.kind), use.place.file.string(),
                            use.place.line, use.type, use.function, fmt::join(use.names, "\t"));
    return text;
}

std::vector<BpfMemoryUse> read_memory_uses(std::string_view list) {
    std::vector<BpfMemoryUse> uses;
    while (!list.empty()) {
        std::string_view line = take(list, '\n');
        BpfMemoryUse& use = uses.emplace_back();
        use.kind = static_cast<BpfMemoryUse::Kind>(number(take(line, '\t')));
        use.place.file = take(line, '\t');
        use.place.line = number(take(line, '\t'));
        use.type = take(line, '\t');
        use.function = take(line, '\t');
        while (!line.empty()) use.names.emplace(take(line, '\t'));
    }
    return uses;
}

}  // namespace wasm_bpf::toolchain
