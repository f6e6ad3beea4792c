#pragma once
// A source's syntax tree, as clang prints it (-Xclang -ast-dump): what calls what with which types, and where.

#include <cstddef>
#include <filesystem>
#include <set>
#include <string_view>
#include <vector>

#include "toolchain/debug_types.hpp"

namespace wasm_bpf::toolchain {

struct SyntaxNode {
    std::string_view kind;     // "CallExpr"
    std::string_view address;  // by which other nodes refer to a declaration
    std::string_view name;     // what a declaration declares, or an expression refers to; a text without its quotes
    std::string_view refers;   // the address of the declaration that an expression refers to
    std::string_view type;     // without the outermost typedef; empty where it has none
    std::string_view detail;   // what follows the type: "cinit", "<BitCast>", "prefix '&'"
    const std::filesystem::path* file = nullptr;  // where it begins; null: nowhere
    int line = 0;
    const SyntaxNode* parent = nullptr;
    std::vector<const SyntaxNode*> children = {};

    [[nodiscard]] Place place() const { return file != nullptr ? Place{*file, line} : Place(); }
    [[nodiscard]] bool is(std::string_view other) const { return kind == other; }
    [[nodiscard]] bool is_cast() const { return kind.ends_with("CastExpr"); }
    [[nodiscard]] bool is_call() const { return kind == "CallExpr"; }
    // Of a call: the name of the function; empty where it is called through a pointer.
    [[nodiscard]] std::string_view called() const;
    // Of a call; null where it has fewer.
    [[nodiscard]] const SyntaxNode* argument(std::size_t index) const;
};

class SyntaxTree {
public:
    // `listing` must outlive it.
    explicit SyntaxTree(std::string_view listing);
    SyntaxTree(const SyntaxTree&) = delete;
    SyntaxTree& operator=(const SyntaxTree&) = delete;

    // Every node, each before its children.
    [[nodiscard]] const std::vector<SyntaxNode>& nodes() const { return nodes_; }

private:
    std::set<std::filesystem::path> files_;
    std::vector<SyntaxNode> nodes_;
};

}  // namespace wasm_bpf::toolchain
