#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "guest_abi/imports.hpp"
#include "guest_abi/print.hpp"
#include "guest_abi/types.hpp"

namespace wasm_bpf::guest_abi {

std::string camel_case(std::string_view snake_case) {
    std::string text;
    bool starts = true;
    for (const char c : snake_case) {
        if (c == '_') {
            starts = true;
            continue;
        }
        const auto letter = static_cast<unsigned char>(c);
        text += static_cast<char>(starts ? std::toupper(letter) : std::tolower(letter));
        starts = false;
    }
    return text;
}

namespace {

std::string_view go_type(Type type) {
    switch (type) {
        case Type::none: return "";
        case Type::handle: return "Handle";
        case Type::in:
        case Type::out: return "unsafe.Pointer";
        case Type::i32: return "int32";
        case Type::u32: return "uint32";
        case Type::i64: return "int64";
        case Type::u64: return "uint64";
    }
    return "";
}

std::string go_type(const Member& member) {
    switch (member.type) {
        case MemberType::u32: return "uint32";
        case MemberType::i32: return "int32";
        case MemberType::u64: return "uint64";
        case MemberType::i64: return "int64";
        case MemberType::pointer: return "Ptr";
        case MemberType::handle: return "Handle";
        case MemberType::text: return fmt::format("[{}]byte", member.count);
    }
    return "";
}

// Names of parameters that are words of Go's.
std::string go_name(std::string_view name) {
    constexpr std::array words = {"func", "map", "range", "type"};
    const bool is_word = std::ranges::any_of(words, [&](std::string_view word) { return word == name; });
    std::string text = camel_case(name);
    text.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(text.front())));
    return is_word ? text + "_" : text;
}

void print_values(const Declaration& declaration) {
    const bool is_signed = std::ranges::any_of(declaration.values, [](const Value& value) { return value.value < 0; });
    const std::string_view type = declaration.width == Width::u64 ? "uint64" : is_signed ? "int32" : "uint32";
    fmt::print("// {}\n\n", declaration.doc);
    for (const Value& value : declaration.values) {
        if (!value.doc.empty()) fmt::print("// {}\n", value.doc);
        if (declaration.width == Width::u64)
            fmt::print("const {} {} = {:#x}\n\n", camel_case(value.name), type,
                       static_cast<std::uint64_t>(value.value));
        else
            fmt::print("const {} {} = {}\n\n", camel_case(value.name), type, value.value);
    }
}

void print_struct(const Declaration& declaration) {
    const std::string name = camel_case(declaration.name);
    fmt::print("// {}: {}\ntype {} struct {{\n", name, declaration.doc, name);
    std::string_view between;  // an empty line: nothing to align
    for (const Member& member : declaration.members) {
        fmt::print("{}", between);
        if (!member.doc.empty()) fmt::print("\t// {}\n", member.doc);
        fmt::print("\t{} {}\n", camel_case(member.name), go_type(member));
        between = "\n";
    }
    fmt::print(
        "}}\n\n// Neither larger nor smaller.\nvar _ [{1} - unsafe.Sizeof({0}{{}})]byte\n"
        "var _ [unsafe.Sizeof({0}{{}}) - {1}]byte\n\n",
        name, declaration.size);
}

void print_import(const Import& import) {
    std::string parameters;
    for (const auto& [type, name] : import.parameters)
        if (type != Type::none)
            parameters += fmt::format("{}{} {}", parameters.empty() ? "" : ", ", go_name(name), go_type(type));
    fmt::print("// Call{0}: {1}\n//\n//go:wasmimport {2} {3}\n//go:noescape\nfunc Call{0}({4}) {5}\n",
               camel_case(import.name), import.doc, version_1, import.name, parameters, go_type(import.result));
}

}  // namespace

void print_go() {
    fmt::print(
        "// Code generated from src/guest_abi by wasm-bpf-abi. DO NOT EDIT.\n\n"
        "// Package abi is the guest ABI, version 1, as it is: structs and numbers, and the functions that a guest "
        "imports\n"
        "// from the host, whose results are >= 0 or a negative errno. Before each declaration stands the import that "
        "it is "
        "for.\n"
        "package abi\n\nimport \"unsafe\"\n\n"
        "// Handle is greater than 0; it names an object, map, program, link, ring, ...\ntype Handle int32\n\n"
        "// Ptr is an offset in guest memory.\ntype Ptr uint32\n\n");
    for (const Declaration& declaration : declarations())
        declaration.kind == Declaration::Kind::structure ? print_struct(declaration) : print_values(declaration);
    std::string_view between;
    for (const Import& import : imports()) {
        if (import.module != version_1) continue;
        fmt::print("{}", between);
        print_import(import);
        between = "\n";
    }
}

}  // namespace wasm_bpf::guest_abi
