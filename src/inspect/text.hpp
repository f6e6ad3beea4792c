#pragma once
// Tables and lists for a terminal of 80 columns.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wasm_bpf::inspect {

inline constexpr std::size_t line_width = 80;

// "1.4 MB", "12.3 KB", "512 B": for a person; KB is 1024 bytes.
[[nodiscard]] std::string byte_text(std::uint64_t bytes);

// "1 map", "3 maps".
[[nodiscard]] std::string count_text(std::uint64_t count, std::string_view noun);

// `label` and the words after it, separated by commas and wrapped; the lines that follow begin below the first word.
[[nodiscard]] std::string list_text(std::string label, const std::vector<std::string>& words);

// A sentence after `label`, wrapped in the same way.
[[nodiscard]] std::string wrapped_text(std::string label, std::string_view sentence);

// Columns as wide as their widest cell, two spaces apart; rows may be of different lengths.
class Table {
public:
    explicit Table(std::size_t indent = 0) : indent_(indent) {}
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    // Numbers end below one another.
    void align_right(std::size_t column) { right_.push_back(column); }
    [[nodiscard]] bool empty() const { return rows_.empty(); }
    [[nodiscard]] std::string text() const;

private:
    std::size_t indent_;
    std::vector<std::size_t> right_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace wasm_bpf::inspect
