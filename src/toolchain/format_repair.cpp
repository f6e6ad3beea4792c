#include "toolchain/format_repair.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <nlohmann/json.hpp>

#include "toolchain/process.hpp"

namespace wasm_bpf::toolchain {
namespace {

namespace fs = std::filesystem;
using Fixes = std::map<fs::path, std::vector<FormatFix>>;

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

// What the compiler says is kept, so that an unchanged source is not read again.
BuildResult<> find_fixes(const FormatCheck& check, const fs::path& folder, StepRunner& runner, Fixes& fixes) {
    const fs::path messages = folder / (check.source.stem().string() + ".formats");
    std::vector<std::string> command = check.command;
    command.insert(command.end(), {"-MD", "-MF", messages.string() + ".d"});
    const Step step{
        "look at the formats of " + check.source.string(), messages, {check.source, command.front()}, command, true};
    BuildResult<> done = runner.make(step, [&]() -> BuildResult<std::string> {
        Result<std::string> said = read_messages(command);
        if (!said) return std::unexpected(said.error());
        return std::move(*said);
    });
    if (!done) return done;
    const Result<std::string> text = read_file(messages);
    if (!text) return std::unexpected(text.error());
    for (FormatFix& fix : format_fixes(*text))
        fixes[fs::absolute(fix.file).lexically_normal()].push_back(std::move(fix));
    return {};
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

const std::vector<std::string>& format_check_flags() {
    static const std::vector<std::string> flags = {"-fsyntax-only", "-Wno-everything", "-Wformat", "-Wno-error",
                                                   "-fdiagnostics-parseable-fixits"};
    return flags;
}

BuildResult<std::vector<std::string>> repair_formats(const std::vector<FormatCheck>& checks, const fs::path& folder,
                                                     StepRunner& runner) {
    Fixes fixes;
    for (const FormatCheck& check : checks)
        if (BuildResult<> done = find_fixes(check, folder, runner, fixes); !done)
            return std::unexpected(std::move(done.error()));
    std::map<fs::path, fs::path> contents;
    for (const auto& [file, of_file] : fixes) {
        const Result<std::string> source = read_file(file);
        if (!source) return std::unexpected(source.error());
        const std::string repaired = with_formats_repaired(*source, of_file);
        if (repaired == *source) continue;
        const fs::path content = folder / fmt::format("{}.repaired.{}", contents.size(), file.filename().string());
        if (const Result<> written = write_file(content, repaired); !written) return std::unexpected(written.error());
        contents[file] = content;
    }
    if (contents.empty()) return {};
    const fs::path description = folder / "repaired.yaml";
    if (const Result<> written = write_file(description, overlay(contents)); !written)
        return std::unexpected(written.error());
    return std::vector<std::string>{"-ivfsoverlay", description};
}

}  // namespace wasm_bpf::toolchain
