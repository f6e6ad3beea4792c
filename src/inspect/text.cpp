#include "inspect/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace wasm_bpf::inspect {

std::string byte_text(std::uint64_t bytes) {
    if (bytes < 1024) return fmt::format("{} B", bytes);
    if (bytes < 1024 * 1024) return fmt::format("{:.1f} KB", static_cast<double>(bytes) / 1024);
    return fmt::format("{:.1f} MB", static_cast<double>(bytes) / (1024 * 1024));
}

std::string count_text(std::uint64_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

namespace {

std::string wrapped(std::string line, const std::vector<std::string>& words) {
    std::string text;
    const std::size_t indent = line.size();
    for (const std::string& word : words) {
        const bool first = line.size() == indent;
        if (!first && line.size() + 1 + word.size() > line_width) {
            text += line + "\n";
            line.assign(indent, ' ');
            line += word;
        } else {
            line += (first ? "" : " ") + word;
        }
    }
    return text + line + "\n";
}

}  // namespace

std::string list_text(std::string label, const std::vector<std::string>& words) {
    std::vector<std::string> marked = words;
    for (std::size_t i = 0; i + 1 < marked.size(); i++) marked[i] += ',';
    return wrapped(std::move(label), marked);
}

std::string wrapped_text(std::string label, std::string_view sentence) {
    std::vector<std::string> words;
    while (!sentence.empty()) {
        const std::size_t end = std::min(sentence.find(' '), sentence.size());
        words.emplace_back(sentence.substr(0, end));
        sentence.remove_prefix(std::min(end + 1, sentence.size()));
    }
    return wrapped(std::move(label), words);
}

std::string Table::text() const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_)
        for (std::size_t i = 0; i < row.size(); i++) {
            if (i == widths.size()) widths.push_back(0);
            // What stands in the last column may be of any length.
            if (i + 1 < row.size() || std::ranges::count(right_, i) > 0) widths[i] = std::max(widths[i], row[i].size());
        }
    std::string text;
    for (const auto& row : rows_) {
        std::string line(indent_, ' ');
        for (std::size_t i = 0; i < row.size(); i++) {
            if (i > 0) line += "  ";
            line += std::ranges::count(right_, i) > 0 ? fmt::format("{:>{}}", row[i], widths[i])
                                                      : fmt::format("{:<{}}", row[i], widths[i]);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

}  // namespace wasm_bpf::inspect
