#include "toolchain/format_repair.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <nlohmann/json.hpp>

namespace wasm_bpf::toolchain {
namespace {

// Reads past `text` or a number. False where something else is there.
bool skip(std::string_view& line, std::string_view text) {
    if (!line.starts_with(text)) return false;
    line.remove_prefix(text.size());
    return true;
}

bool read_number(std::string_view& line, std::size_t& number) {
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
    line.remove_prefix(static_cast<std::size_t>(end - line.data()));
    return error == std::errc();
}

// A text in quotation marks.
bool read_quoted(std::string_view& line, std::string& text) {
    if (!skip(line, "\"")) return false;
    for (; !line.empty() && line.front() != '"'; line.remove_prefix(1)) {
        if (line.front() == '\\') line.remove_prefix(1);
        if (!line.empty()) text += line.front();
    }
    return skip(line, "\"");
}

// fix-it:"tool.c":{7:18-7:21}:"%llx"
bool read_fix(std::string_view line, FormatFix& fix) {
    std::string file;
    std::size_t last_line = 0;
    const bool is_one = skip(line, "fix-it:") && read_quoted(line, file) && skip(line, ":{") &&
                        read_number(line, fix.line) && skip(line, ":") && read_number(line, fix.begin) &&
                        skip(line, "-") && read_number(line, last_line) && skip(line, ":") &&
                        read_number(line, fix.end) && skip(line, "}:") && read_quoted(line, fix.text);
    fix.file = file;
    return is_one && last_line == fix.line && fix.begin > 0 && fix.begin < fix.end;
}

// "%-8lx" without the length of its type, "%-8x"; empty where it is no integer's.
std::string without_length(std::string_view conversion) {
    if (conversion.size() < 2 || !conversion.starts_with('%') ||
        std::string_view("diouxX").find(conversion.back()) == std::string_view::npos)
        return {};
    std::string text(conversion.substr(0, conversion.size() - 1));
    while (std::string_view("hljztq").find(text.back()) != std::string_view::npos) text.pop_back();
    return text + conversion.back();
}

// "%d" for a uint64_t becomes "%llu", which tells more than the length.
bool is_repair(std::string_view before, std::string_view after) {
    const std::string one = without_length(before), other = without_length(after);
    if (one.empty() || other.empty()) return false;
    return one.substr(0, one.size() - 1) == other.substr(0, other.size() - 1);
}

}  // namespace

std::vector<FormatFix> format_fixes(std::string_view messages) {
    std::vector<FormatFix> fixes;
    while (!messages.empty()) {
        const std::size_t end = std::min(messages.find('\n'), messages.size());
        FormatFix fix{};
        if (read_fix(messages.substr(0, end), fix)) fixes.push_back(std::move(fix));
        messages.remove_prefix(std::min(end + 1, messages.size()));
    }
    return fixes;
}

std::string with_formats_repaired(std::string_view source, const std::vector<FormatFix>& fixes) {
    std::string result(source);
    // From the end, so that the places of the others stay; each once, since a header may be read by several sources.
    std::vector<const FormatFix*> ordered;
    for (const FormatFix& fix : fixes) ordered.push_back(&fix);
    const auto place = [](const FormatFix* fix) { return std::pair(fix->line, fix->begin); };
    std::ranges::sort(ordered, std::ranges::greater(), place);
    const auto repeated = std::ranges::unique(ordered, {}, place);
    ordered.erase(repeated.begin(), repeated.end());
    for (const FormatFix* fix : ordered) {
        std::size_t start = 0;
        for (std::size_t line = 1; line < fix->line && start != std::string::npos; line++) {
            start = result.find('\n', start);
            if (start != std::string::npos) start++;
        }
        if (start == std::string::npos || start + fix->end - 1 > result.size()) continue;
        const std::size_t at = start + fix->begin - 1, size = fix->end - fix->begin;
        if (is_repair(std::string_view(result).substr(at, size), fix->text)) result.replace(at, size, fix->text);
    }
    return result;
}

std::string overlay(const std::map<std::filesystem::path, std::filesystem::path>& contents) {
    nlohmann::json description = {
        {"version", 0}, {"case-sensitive", true}, {"use-external-names", false}, {"roots", nlohmann::json::array()}};
    for (const auto& [file, content] : contents)
        description["roots"].push_back(
            {{"type", "file"}, {"name", file.string()}, {"external-contents", content.string()}});
    return description.dump(1);
}

}  // namespace wasm_bpf::toolchain
