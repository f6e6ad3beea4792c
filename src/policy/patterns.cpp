#include "policy/patterns.hpp"

#include <span>
#include <utility>
#include <vector>

namespace wasm_bpf::policy {
namespace {

struct Token {
    enum Kind : unsigned char { literal, one, many } kind;
    bool slash;  // whether it may stand for a slash
    char character = 0;
};
using Tokens = std::vector<Token>;

Tokens name_tokens(std::string_view text) {
    Tokens tokens;
    for (const char c : text)
        tokens.push_back({c == '*' ? Token::many : c == '?' ? Token::one : Token::literal, true, c});
    return tokens;
}

Tokens path_tokens(std::string_view text) {
    Tokens tokens;
    for (std::size_t i = 0; i < text.size(); i++) {
        const bool any = text.substr(i).starts_with("**");
        tokens.push_back({text[i] == '*' ? Token::many : text[i] == '?' ? Token::one : Token::literal, any, text[i]});
        if (any) i++;
    }
    return tokens;
}

Tokens literal_tokens(std::string_view text) {
    Tokens tokens;
    for (const char c : text) tokens.push_back({Token::literal, true, c});
    return tokens;
}

enum class Question { covers, overlaps };

bool takes(const Token& pattern, const Token& asked, Question question) {
    if (asked.kind == Token::many) return false;
    if (asked.kind == Token::one) return pattern.kind == Token::one || question == Question::overlaps;
    if (pattern.kind == Token::literal) return pattern.character == asked.character;
    return pattern.slash || asked.character != '/';
}

// reached[j]: the pattern's tokens so far match the first j of `asked`.
bool match(std::span<const Token> pattern, std::span<const Token> asked, Question question) {
    // Nearly all are told apart by what they begin with.
    while (!pattern.empty() && !asked.empty() && pattern[0].kind == Token::literal && asked[0].kind == Token::literal) {
        if (pattern[0].character != asked[0].character) return false;
        pattern = pattern.subspan(1);
        asked = asked.subspan(1);
    }
    const auto may_be_empty = [&](const Token& token) {
        return question == Question::overlaps && token.kind == Token::many;
    };
    std::vector<unsigned char> reached(asked.size() + 1), next(asked.size() + 1);
    reached[0] = true;
    for (std::size_t j = 0; j < asked.size(); j++) reached[j + 1] = reached[j] && may_be_empty(asked[j]);
    for (const Token& token : pattern) {
        next[0] = token.kind == Token::many && reached[0];
        for (std::size_t j = 0; j < asked.size(); j++) {
            const Token& other = asked[j];
            if (token.kind == Token::many) {
                const bool absorbs = other.kind != Token::literal || token.slash || other.character != '/';
                next[j + 1] = reached[j + 1] || (next[j] && absorbs);
            } else {
                next[j + 1] = reached[j] && takes(token, other, question);
                if (may_be_empty(other)) next[j + 1] = next[j + 1] || next[j] || reached[j + 1];
            }
        }
        std::swap(reached, next);
    }
    return reached[asked.size()];
}

}  // namespace

bool covers(std::string_view pattern, std::string_view asked) {
    return match(name_tokens(pattern), name_tokens(asked), Question::covers);
}

bool overlaps(std::string_view pattern, std::string_view asked) {
    return match(name_tokens(pattern), name_tokens(asked), Question::overlaps);
}

bool matches_path(std::string_view pattern, std::string_view path) {
    return match(path_tokens(pattern), literal_tokens(path), Question::covers);
}

}  // namespace wasm_bpf::policy
