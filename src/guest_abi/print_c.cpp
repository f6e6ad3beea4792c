#include <fmt/format.h>

#include "guest_abi/imports.hpp"
#include "guest_abi/print.hpp"
#include "guest_abi/types.hpp"

namespace wasm_bpf::guest_abi {
namespace {

std::string_view c_type(Type type) {
    switch (type) {
        case Type::none: return "void";
        case Type::handle: return "wasm_bpf_handle";
        case Type::in: return "const void *";
        case Type::out: return "void *";
        case Type::i32: return "int32_t";
        case Type::u32: return "uint32_t";
        case Type::i64: return "int64_t";
        case Type::u64: return "uint64_t";
    }
    return "";
}

std::string_view c_type(MemberType type) {
    switch (type) {
        case MemberType::u32: return "uint32_t";
        case MemberType::i32: return "int32_t";
        case MemberType::u64: return "uint64_t";
        case MemberType::i64: return "int64_t";
        case MemberType::pointer: return "wasm_bpf_ptr";
        case MemberType::handle: return "wasm_bpf_handle";
        case MemberType::text: return "char";
    }
    return "";
}

std::string c_parameters(const Import& import) {
    std::string text;
    for (const auto& [type, name] : import.parameters) {
        if (type == Type::none) break;
        const std::string_view space = c_type(type).ends_with('*') ? "" : " ";
        text += fmt::format("{}{}{}{}", text.empty() ? "" : ", ", c_type(type), space, name);
    }
    return text.empty() ? "void" : text;
}

std::string comment(std::string_view doc) { return doc.empty() ? "" : fmt::format(" /* {} */", doc); }

void print_enum(const Declaration& declaration) {
    fmt::print("enum wasm_bpf_{} {{\n", declaration.name);
    for (const Value& value : declaration.values)
        fmt::print("\tWASM_BPF_{} = {},{}\n", value.name, value.value, comment(value.doc));
    fmt::print("}};\n\n");
}

void print_constants(const Declaration& declaration) {
    for (const Value& value : declaration.values) {
        if (declaration.width == Width::u64)
            fmt::print("#define WASM_BPF_{} UINT64_C({:#x}){}\n", value.name, static_cast<std::uint64_t>(value.value),
                       comment(value.doc));
        else
            fmt::print("#define WASM_BPF_{} {}u{}\n", value.name, value.value, comment(value.doc));
    }
    fmt::print("\n");
}

void print_struct(const Declaration& declaration) {
    fmt::print("struct wasm_bpf_{} {{\n", declaration.name);
    for (const Member& member : declaration.members) {
        const std::string count = member.count == 1 ? "" : fmt::format("[{}]", member.count);
        fmt::print("\t{} {}{};{}\n", c_type(member.type), member.name, count, comment(member.doc));
    }
    fmt::print("}};\nWASM_BPF_STATIC_ASSERT(sizeof(struct wasm_bpf_{}) == {}, \"ABI\");\n\n", declaration.name,
               declaration.size);
}

}  // namespace

void print_c_imports() {
    fmt::print(
        "/* Generated from src/guest_abi/imports.cpp by wasm-bpf-abi: do not edit.\n"
        " * The functions that a guest imports from the host, version 1. Results are >= 0 or a negative errno. */\n"
        "#ifndef WASM_BPF_ABI_H\n#define WASM_BPF_ABI_H\n\n#include <wasm_bpf/abi_types.h>\n\n"
        "#define WASM_BPF_IMPORT(name) __attribute__((import_module(\"{}\"), import_name(#name))) wasm_bpf_##name\n\n",
        version_1);
    for (const Import& import : imports()) {
        if (import.module != version_1) continue;
        fmt::print("/* {} */\n{} WASM_BPF_IMPORT({})({});\n\n", import.doc, c_type(import.result), import.name,
                   c_parameters(import));
    }
    fmt::print("#endif\n");
}

void print_c_types() {
    fmt::print(
        "/* Generated from src/guest_abi/types.cpp by wasm-bpf-abi: do not edit.\n"
        " * The structs and numbers of the guest ABI, version 1. Shared by guests and host: every type has the same "
        "layout in\n"
        " * wasm32 and in the host's own ABI. A pointer to guest memory is a uint32_t offset (wasm_bpf_ptr).\n"
        " *\n"
        " * A struct whose first member is `size` is sized: the caller sets it to sizeof; the host reads what it "
        "knows, takes\n"
        " * zeros for what is missing, and refuses (-E2BIG) a longer one whose unknown part is not all zeros, as "
        "libbpf does.\n"
        " * Before each declaration stands the import that it is for. */\n"
        "#ifndef WASM_BPF_ABI_TYPES_H\n#define WASM_BPF_ABI_TYPES_H\n\n#include <stdint.h>\n\n"
        "#ifdef __cplusplus\n#define WASM_BPF_STATIC_ASSERT static_assert\n#else\n"
        "#define WASM_BPF_STATIC_ASSERT _Static_assert\n#endif\n\n"
        "typedef int32_t wasm_bpf_handle; /* greater than 0; names an object, map, program, link, ring, … */\n"
        "typedef uint32_t wasm_bpf_ptr;\n\n");
    for (const Declaration& declaration : declarations()) {
        fmt::print("/* {} */\n", declaration.doc);
        switch (declaration.kind) {
            case Declaration::Kind::enumeration: print_enum(declaration); break;
            case Declaration::Kind::constants: print_constants(declaration); break;
            case Declaration::Kind::structure: print_struct(declaration); break;
        }
    }
    fmt::print("#endif\n");
}

}  // namespace wasm_bpf::guest_abi
