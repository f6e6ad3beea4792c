#pragma once
// Files of the kernel's that are a few lines of text, and such lines. Without streams: these bring the whole of the C++
// library's locales into a program.

#include <algorithm>
#include <charconv>
#include <concepts>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace wasm_bpf::bpf {

// All of it; empty where it cannot be read.
[[nodiscard]] std::string read_small_file(const char* path);

// Without its newline; empty where there is none.
[[nodiscard]] inline std::string first_line(const char* path) {
    std::string text = read_small_file(path);
    text.resize(std::min(text.find('\n'), text.size()));
    return text;
}

// The words of a line, one after another. From the first that is missing or no such number, ok() is false.
class Words {
public:
    explicit Words(std::string_view text) : rest_(text) {}

    Words& operator>>(std::string& word) {
        word = next();
        return *this;
    }
    template <std::integral T>
    Words& operator>>(T& number) {
        const std::string_view word = next();
        std::conditional_t<std::same_as<T, bool>, int, T> value{};
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
        ok_ = ok_ && error == std::errc() && end == word.data() + word.size();
        number = static_cast<T>(value);
        return *this;
    }
    [[nodiscard]] bool ok() const { return ok_; }

private:
    std::string_view next() {
        constexpr std::string_view blanks = " \t\n";
        rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size()));
        const std::string_view word = rest_.substr(0, rest_.find_first_of(blanks));
        rest_.remove_prefix(word.size());
        ok_ = ok_ && !word.empty();
        return word;
    }

    std::string_view rest_;
    bool ok_ = true;
};

}  // namespace wasm_bpf::bpf
