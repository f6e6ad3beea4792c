#include "skeleton/languages.hpp"

#include <algorithm>
#include <iterator>

#include "skeleton/c_skeleton.hpp"
#include "skeleton/go_skeleton.hpp"
#include "skeleton/rust_skeleton.hpp"

namespace wasm_bpf::skeleton {
namespace {

using enum bpf::DescribedTypes;

std::string c(const SkeletonInput& input) { return c_skeleton(input.object, input.elf); }

constexpr Language table[] = {
    {"c", "newtool.c", "", "", ".skel.h", of_variables, c, "", c_types_header},
    {"c++", "newtool.cpp", "", "", ".skel.h", of_variables, c, "", c_types_header},
    {"rust", "src/main.rs", "rust", "Cargo.toml", ".skel.rs", of_both_halves, rust_skeleton, "", rust_types_module},
    {"go", "main.go", "go", "go.mod", "_bpf.go", of_both_halves, go_skeleton, "//go:build ignore\n\n"},
};

}  // namespace

std::span<const Language> languages() { return table; }

const Language* find_language(std::string_view name) {
    const auto* found = std::ranges::find(table, name, &Language::name);
    return found == std::end(table) ? nullptr : found;
}

std::string language_names() {
    std::string text;
    for (const Language& language : table) {
        if (&language != &table[0]) text += &language == std::end(table) - 1 ? " or " : ", ";
        text += language.name;
    }
    return text;
}

}  // namespace wasm_bpf::skeleton
