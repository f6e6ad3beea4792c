// wasm-bpf-abi WHAT: prints the guest ABI for C (c, c-types), Rust or Go, its reference page, or the page that says
// what guests have of libbpf's API, from their tables. The output is committed; the tests GuestAbi compare. `json` is
// for other programs: tests/conformance/coverage, and whoever builds a runtime.

#include <cstdio>
#include <iterator>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "guest_abi/imports.hpp"
#include "guest_abi/libbpf_api.hpp"
#include "guest_abi/print.hpp"

namespace {

using namespace wasm_bpf::guest_abi;

std::string signature(const Import& import) {
    std::string text;
    for (const auto& [type, name] : import.parameters)
        if (type != Type::none)
            text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", name, wasm_type(type) == 'I' ? "i64" : "i32");
    return fmt::format("({}) -> {}", text, wasm_type(import.result) == 'I' ? "i64" : "i32");
}

void print_reference() {
    fmt::print(
        "<!-- Generated from src/guest_abi/imports.cpp by wasm-bpf-abi: do not edit. -->\n"
        "# The guest ABI: every import\n\n"
        "A result of a function is `>= 0`, or a negative errno (Linux' numbers). Pointers and sizes are checked "
        "against the guest's memory: -EFAULT. Handles are checked for kind and age: -EBADF. Structs and numbers: "
        "[abi_types.h](../sdk/c/include/wasm_bpf/abi_types.h). How records lie in a ring's window and what else "
        "the table cannot say: [guest_memory.md](guest_memory.md).\n");
    std::string_view module;
    for (const Import& import : imports()) {
        if (import.module != module) {
            module = import.module;
            fmt::print("\n## Module `{}`\n", module);
        }
        fmt::print("\n### `{}{}`\n{}\n", import.name, signature(import), import.doc);
    }
}

std::string_view type_name(Type type) {
    constexpr std::string_view names[] = {"", "handle", "in", "out", "i32", "u32", "i64", "u64"};
    static_assert(std::size(names) == static_cast<std::size_t>(Type::u64) + 1);
    return names[static_cast<std::size_t>(type)];
}

// A JSON string of the table's texts.
std::string quoted(std::string_view text) {
    std::string json = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') json += '\\';
        json += c;
    }
    return json + '"';
}

// For programs that make a runtime's or an SDK's declarations: a line for each import. `is` has the table's own type.
void print_json() {
    const auto wasm = [](Type type) { return wasm_type(type) == 'I' ? "i64" : "i32"; };
    fmt::print("[\n");
    for (const Import& import : imports()) {
        std::string parameters;
        for (const auto& [type, name] : import.parameters)
            if (type != Type::none)
                parameters += fmt::format(R"({}{{"name": {}, "type": "{}", "is": "{}"}})",
                                          parameters.empty() ? "" : ", ", quoted(name), wasm(type), type_name(type));
        fmt::print(R"({}{{"module": {}, "name": {}, "parameters": [{}], "result": "{}", "does": {}}})",
                   &import == &imports().front() ? "" : ",\n", quoted(import.module), quoted(import.name), parameters,
                   wasm(import.result), quoted(import.doc));
    }
    fmt::print("\n]\n");
}

// The rows of one status; those that are there with a difference, or without.
void print_libbpf_rows(std::string_view title, auto chosen) {
    fmt::print("\n## {}\n| function | header | |\n|---|---|---|\n", title);
    for (const LibbpfFunction& function : libbpf_functions())
        if (chosen(function)) fmt::print("| `{}` | {} | {} |\n", function.name, function.header, function.note);
}

void print_libbpf() {
    fmt::print(
        "<!-- Generated from src/guest_abi/libbpf_api.cpp by wasm-bpf-abi: do not edit. -->\n"
        "# What guests have of libbpf 1.7\n\n"
        "Every function that `<bpf/libbpf.h>`, `<bpf/libbpf_legacy.h>`, `<bpf/bpf.h>` and `<bpf/btf.h>` declare. "
        "Headers, "
        "types, option structs and the inline functions of these headers are libbpf's own. `size_t`, `unsigned long` "
        "and pointers have 4 bytes. `wasm-bpf build` says for each missing function that a guest calls what this page "
        "says.\n");
    for (const LibbpfStatus missing : {LibbpfStatus::pointless, LibbpfStatus::not_yet})
        print_libbpf_rows(missing == LibbpfStatus::pointless ? "Pointless in a guest" : "Not yet",
                          [&](const LibbpfFunction& function) { return function.status == missing; });
    print_libbpf_rows("There, with a difference", [](const LibbpfFunction& function) {
        return function.status == LibbpfStatus::there && !function.note.empty();
    });
    fmt::print("\n## There, as in libbpf\n");
    std::string_view header;
    for (const LibbpfFunction& function : libbpf_functions()) {
        if (function.status != LibbpfStatus::there || !function.note.empty()) continue;
        fmt::print("{}`{}`", function.header == header ? ", " : fmt::format("\n- {}: ", function.header),
                   function.name);
        header = function.header;
    }
    fmt::print("\n");
}

}  // namespace

int main(int argc, char** argv) {
    constexpr struct {
        std::string_view what;
        void (*print)();
    } outputs[] = {{"c", print_c_imports},         {"c-types", print_c_types}, {"rust", print_rust}, {"go", print_go},
                   {"reference", print_reference}, {"libbpf", print_libbpf},   {"json", print_json}};
    for (const auto& [what, print] : outputs) {
        if (argc != 2 || what != argv[1]) continue;
        print();
        return 0;
    }
    fmt::print(stderr, "usage: wasm-bpf-abi c|c-types|rust|go|reference|libbpf|json\n");
    return 2;
}
