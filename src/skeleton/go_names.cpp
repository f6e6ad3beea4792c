#include "skeleton/go_names.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <span>

namespace wasm_bpf::skeleton {
namespace {

char upper(char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); }
char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool is_lower(char c) { return std::islower(static_cast<unsigned char>(c)) != 0; }

}  // namespace

// An underscore goes, and makes what follows a capital, unless it stands between capitals.
std::string go_identifier(std::string_view name) {
    std::string text;
    bool starts = true;
    for (const char c : name) {
        if (is_letter(c) || is_digit(c)) {
            text += starts ? upper(c) : c;
            starts = false;
        } else if (c == '_') {
            if (starts || is_digit(text.back()) || is_lower(text.back()))
                starts = true;
            else
                text += c;
        }
    }
    // Of a name that is nothing but underscores, or begins with a digit.
    return text.empty() || !is_letter(text.front()) ? "X" + text : text;
}

std::string go_stem(std::string_view object_name) {
    constexpr std::string_view suffix = "_bpf";
    if (object_name.size() > suffix.size() && object_name.ends_with(suffix)) object_name.remove_suffix(suffix.size());
    std::string stem = go_identifier(object_name);
    if (!object_name.empty() && !std::isupper(static_cast<unsigned char>(object_name.front())))
        stem.front() = lower(stem.front());
    return stem;
}

std::string go_function(std::string_view verb, const std::string& stem, std::string_view rest) {
    std::string text(verb);
    if (std::isupper(static_cast<unsigned char>(stem.front())) != 0) text.front() = upper(text.front());
    return text + upper(stem.front()) + stem.substr(1) + std::string(rest);
}

std::string unused_name(std::string name, std::set<std::string>& taken) {
    while (!taken.insert(name).second) name += '_';
    return name;
}

namespace {

using Lines = std::span<const std::vector<std::string>>;

void add_aligned(Lines lines, std::string& text) {
    std::vector<std::size_t> widths;
    for (const auto& cells : lines)
        for (std::size_t i = 0; i + 1 < cells.size(); ++i) {
            if (widths.size() <= i) widths.push_back(0);
            widths[i] = std::max(widths[i], cells[i].size());
        }
    for (const auto& cells : lines) {
        text += '\t';
        for (std::size_t i = 0; i < cells.size(); ++i) {
            text += cells[i];
            if (i + 1 < cells.size()) text += std::string(widths[i] + 1 - cells[i].size(), ' ');
        }
        text += '\n';
    }
}

}  // namespace

// A line of one cell parts what is above it from what is below.
std::string aligned(const std::vector<std::vector<std::string>>& lines) {
    std::string text;
    for (auto at = lines.begin(); at != lines.end();) {
        const bool is_single = at->size() == 1;
        const auto end =
            std::find_if(at, lines.end(), [&](const auto& cells) { return (cells.size() == 1) != is_single; });
        add_aligned(Lines(at, end), text);
        at = end;
    }
    return text;
}

}  // namespace wasm_bpf::skeleton
