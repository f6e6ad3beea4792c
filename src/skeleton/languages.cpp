#include "skeleton/languages.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <vector>

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

namespace {

std::string names(bool (*is_wanted)(const Language& language)) {
    std::vector<std::string_view> wanted;
    for (const Language& language : table)
        if (is_wanted(language)) wanted.push_back(language.name);
    const std::string_view last = wanted.back();
    wanted.pop_back();
    return fmt::format("{} or {}", fmt::join(wanted, ", "), last);
}

}  // namespace

std::string language_names() {
    return names([](const Language&) { return true; });
}

std::string type_language_names() {
    return names([](const Language& language) { return language.types != nullptr; });
}

}  // namespace wasm_bpf::skeleton
