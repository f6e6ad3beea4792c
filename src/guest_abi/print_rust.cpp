#include <fmt/format.h>

#include <algorithm>

#include "guest_abi/imports.hpp"
#include "guest_abi/print.hpp"
#include "guest_abi/types.hpp"

namespace wasm_bpf::guest_abi {
namespace {

std::string_view rust_type(Type type) {
    switch (type) {
        case Type::none: return "()";
        case Type::handle: return "Handle";
        case Type::in: return "*const c_void";
        case Type::out: return "*mut c_void";
        case Type::i32: return "i32";
        case Type::u32: return "u32";
        case Type::i64: return "i64";
        case Type::u64: return "u64";
    }
    return "";
}

std::string rust_type(const Member& member) {
    switch (member.type) {
        case MemberType::u32: return "u32";
        case MemberType::i32: return "i32";
        case MemberType::u64: return "u64";
        case MemberType::i64: return "i64";
        case MemberType::pointer: return "Ptr";
        case MemberType::handle: return "Handle";
        case MemberType::text: return fmt::format("[u8; {}]", member.count);
    }
    return "";
}

// Names of ours that are words of Rust's.
std::string rust_name(std::string_view name) { return fmt::format("{}{}", name, name == "type" ? "_" : ""); }

void print_values(const Declaration& declaration) {
    const bool is_signed = std::ranges::any_of(declaration.values, [](const Value& value) { return value.value < 0; });
    const std::string_view type = declaration.width == Width::u64 ? "u64" : is_signed ? "i32" : "u32";
    fmt::print("// {}\n", declaration.doc);
    for (const Value& value : declaration.values) {
        if (!value.doc.empty()) fmt::print("/// {}\n", value.doc);
        if (declaration.width == Width::u64)
            fmt::print("pub const {}: u64 = {:#x};\n", value.name, static_cast<std::uint64_t>(value.value));
        else
            fmt::print("pub const {}: {} = {};\n", value.name, type, value.value);
    }
    fmt::print("\n");
}

// Sized structs start with their size.
std::string zero(const Declaration& declaration, const Member& member) {
    if (member.type == MemberType::text) return fmt::format("[0; {}]", member.count);
    return &member == declaration.members.data() && member.name == "size" ? fmt::format("{}", declaration.size) : "0";
}

void print_struct(const Declaration& declaration) {
    const std::string name = camel_case(declaration.name);
    fmt::print("/// {}\n#[repr(C)]\n#[derive(Clone, Copy, Debug)]\npub struct {} {{\n", declaration.doc, name);
    for (const Member& member : declaration.members) {
        if (!member.doc.empty()) fmt::print("    /// {}\n", member.doc);
        fmt::print("    pub {}: {},\n", rust_name(member.name), rust_type(member));
    }
    fmt::print("}}\n\nimpl {} {{\n    /// All zeros{}.\n    pub const fn new() -> Self {{\n        Self {{\n", name,
               declaration.members.front().name == "size" ? ", but for its size" : "");
    for (const Member& member : declaration.members)
        fmt::print("            {}: {},\n", rust_name(member.name), zero(declaration, member));
    fmt::print("        }}\n    }}\n}}\n\nconst _: () = assert!(size_of::<{}>() == {});\n\n", name, declaration.size);
}

void print_imports() {
    fmt::print("#[cfg(target_family = \"wasm\")]\n#[link(wasm_import_module = \"{}\")]\nunsafe extern \"C\" {{\n",
               version_1);
    std::string_view between;
    for (const Import& import : imports()) {
        if (import.module != version_1) continue;
        std::string parameters;
        for (const auto& [type, name] : import.parameters)
            if (type != Type::none)
                parameters += fmt::format("{}{}: {}", parameters.empty() ? "" : ", ", rust_name(name), rust_type(type));
        fmt::print("{}    /// {}\n    pub fn {}({}) -> {};\n", between, import.doc, import.name, parameters,
                   rust_type(import.result));
        between = "\n";
    }
    fmt::print("}}\n");
}

}  // namespace

void print_rust() {
    fmt::print(
        "// Generated from src/guest_abi by wasm-bpf-abi: do not edit.\n"
        "//! The guest ABI, version 1, as it is: structs and numbers, and in a guest the functions that it imports "
        "from the "
        "host,\n//! whose results are `>= 0` or a negative errno. Before each declaration stands the import that it is "
        "for.\n\n"
        "#![allow(clippy::all, dead_code, rustdoc::all)]\n\n"
        "#[cfg(target_family = \"wasm\")]\nuse core::ffi::c_void;\n\n"
        "/// Greater than 0; names an object, map, program, link, ring, ...\npub type Handle = i32;\n\n"
        "/// An offset in guest memory.\npub type Ptr = u32;\n\n");
    for (const Declaration& declaration : declarations())
        declaration.kind == Declaration::Kind::structure ? print_struct(declaration) : print_values(declaration);
    print_imports();
}

}  // namespace wasm_bpf::guest_abi
