#include "toolchain/syntax_tree.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace wasm_bpf::toolchain {
namespace {

// A place is told by what differs from the one that was told before: "a.c:3:7", "line:4:7", "col:9".
class Places {
public:
    explicit Places(std::set<std::filesystem::path>& files) : files_(files) {}

    // Takes a place off the front of `text`.
    void take(std::string_view& text) {
        constexpr std::string_view nowhere = "<invalid sloc>";
        if (text.starts_with(nowhere)) {
            text.remove_prefix(nowhere.size());
            return;
        }
        const std::size_t start = text.starts_with('<') ? text.find('>') + 1 : 0;  // "<built-in>:1:1"
        const std::size_t end = std::min(text.find_first_of(",> ", start), text.size());
        const std::string_view place = text.substr(0, end);
        text.remove_prefix(end);
        if (place.starts_with("col:")) return;
        const std::size_t column = place.rfind(':');
        const std::size_t line = column == place.npos || column == 0 ? place.npos : place.rfind(':', column - 1);
        if (line == place.npos) return;
        std::from_chars(place.data() + line + 1, place.data() + column, line_);
        if (const std::string_view file = place.substr(0, line); file != "line")
            file_ = &*files_.insert(std::filesystem::path(file).lexically_normal()).first;
    }

    void tell(SyntaxNode& node) const { node.file = file_, node.line = line_; }

private:
    std::set<std::filesystem::path>& files_;
    const std::filesystem::path* file_ = nullptr;
    int line_ = 0;
};

// Takes "'T'" or "'alias':'T'" off the front: T.
std::string_view take_type(std::string_view& text) {
    std::string_view type;
    while (text.starts_with('\'')) {
        const std::size_t end = text.find('\'', 1);
        if (end == text.npos) return type;
        type = text.substr(1, end - 1);
        text.remove_prefix(end + 1);
        if (!text.starts_with(":'")) break;
        text.remove_prefix(1);
    }
    return type;
}

// "Var 0x5e 'fd' 'int'" -> "fd"; "->counts 0x5e" -> "counts"; "\"counts\"" -> "counts".
void read_reference(SyntaxNode& node) {
    const std::string_view detail = node.detail;
    if (node.is("StringLiteral")) {
        const std::size_t start = detail.find('"'), end = detail.rfind('"');
        if (start != detail.npos && end > start) node.name = detail.substr(start + 1, end - start - 1);
        return;
    }
    if (!node.is("DeclRefExpr") && !node.is("MemberExpr")) return;
    const std::size_t at = detail.find(" 0x");
    if (at == detail.npos) return;
    const std::size_t end = std::min(detail.find(' ', at + 1), detail.size());
    node.refers = detail.substr(at + 1, end - at - 1);
    if (node.is("MemberExpr")) {
        const std::size_t start = std::min(detail.rfind(' ', at - 1) + 1, at);
        node.name = detail.substr(start, at - start);
        node.name.remove_prefix(std::min(node.name.find_first_not_of("->."), node.name.size()));
    } else if (const std::size_t quote = detail.find('\'', end); quote != detail.npos) {
        node.name = detail.substr(quote + 1, detail.find('\'', quote + 1) - quote - 1);
    }
}

// "|-", "| ", "`-" and "  " for each level, then the node.
SyntaxNode parse(std::string_view line, Places& places) {
    SyntaxNode node;
    const auto take_word = [&] {
        const std::size_t end = std::min(line.find(' '), line.size());
        const std::string_view word = line.substr(0, end);
        line.remove_prefix(std::min(end + 1, line.size()));
        return word;
    };
    node.kind = take_word();
    if (!line.starts_with("0x")) return node;
    node.address = take_word();
    while (line.starts_with("parent ") || line.starts_with("prev ")) take_word(), take_word();
    if (!line.starts_with('<')) return node;
    line.remove_prefix(1);
    places.take(line);
    places.tell(node);
    if (line.starts_with(", ")) line.remove_prefix(2), places.take(line);
    line.remove_prefix(std::min<std::size_t>(line.size(), 2));  // "> "
    const bool declares = node.kind.ends_with("Decl");
    if (declares) places.take(line);
    const std::size_t quote = std::min(line.find('\''), line.size());
    if (declares) {
        std::string_view before = line.substr(0, quote);
        while (before.ends_with(' ')) before.remove_suffix(1);
        node.name = before.substr(before.rfind(' ') + 1);
    }
    if (!node.is("StringLiteral") || line.starts_with('\'')) line.remove_prefix(quote);
    node.type = take_type(line);
    if (line.starts_with(' ')) line.remove_prefix(1);
    node.detail = line;
    read_reference(node);
    return node;
}

}  // namespace

std::string_view SyntaxNode::called() const {
    const SyntaxNode* callee = is_call() && !children.empty() ? children.front() : nullptr;
    while (callee != nullptr && (callee->is_cast() || callee->is("ParenExpr")) && !callee->children.empty())
        callee = callee->children.front();
    return callee != nullptr && callee->is("DeclRefExpr") ? callee->name : std::string_view();
}

const SyntaxNode* SyntaxNode::argument(std::size_t index) const {
    return is_call() && index + 1 < children.size() ? children[index + 1] : nullptr;
}

SyntaxTree::SyntaxTree(std::string_view listing) {
    // Nodes point to one another.
    nodes_.reserve(static_cast<std::size_t>(std::ranges::count(listing, '\n')) + 1);
    std::vector<SyntaxNode*> open;
    Places places(files_);
    while (!listing.empty()) {
        const std::string_view line = listing.substr(0, listing.find('\n'));
        listing.remove_prefix(std::min(line.size() + 1, listing.size()));
        const std::size_t start = line.find_first_not_of("|`- ");
        if (start == line.npos) continue;
        const std::size_t depth = std::min(start / 2, open.size());
        SyntaxNode& node = nodes_.emplace_back(parse(line.substr(start), places));
        open.resize(depth);
        if (!open.empty()) {
            node.parent = open.back();
            open.back()->children.push_back(&node);
        }
        open.push_back(&node);
    }
}

}  // namespace wasm_bpf::toolchain
