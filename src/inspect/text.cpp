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

std::string list_text(std::string label, const std::vector<std::string>& words) {
    std::string text;
    std::string line = std::move(label);
    const std::size_t indent = line.size();
    for (std::size_t i = 0; i < words.size(); i++) {
        const std::string word = words[i] + (i + 1 < words.size() ? "," : "");
        const std::size_t space = line.size() > indent ? 1 : 0;
        if (space == 1 && line.size() + space + word.size() > line_width) {
            text += line + "\n";
            line.assign(indent, ' ');
            line += word;
        } else {
            line += (space == 1 ? " " : "") + word;
        }
    }
    return text + line + "\n";
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
