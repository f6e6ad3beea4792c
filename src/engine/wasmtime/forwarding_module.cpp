#include "engine/wasmtime/forwarding_module.hpp"

namespace wasm_bpf::engine {
namespace {

// The binary format: https://webassembly.github.io/spec/core/binary/
using Bytes = std::vector<std::uint8_t>;

constexpr std::uint8_t function_kind = 0, memory_kind = 2;

void add_number(Bytes& bytes, std::size_t number) {
    for (; number >= 0x80; number >>= 7) bytes.push_back(static_cast<std::uint8_t>(number | 0x80));
    bytes.push_back(static_cast<std::uint8_t>(number));
}

void add_name(Bytes& bytes, std::string_view name) {
    add_number(bytes, name.size());
    bytes.insert(bytes.end(), name.begin(), name.end());
}

void add_sized(Bytes& bytes, const Bytes& content) {
    add_number(bytes, content.size());
    bytes.insert(bytes.end(), content.begin(), content.end());
}

void add_types(Bytes& bytes, std::string_view letters) {
    add_number(bytes, letters.size());
    for (const char letter : letters) bytes.push_back(letter == 'I' ? 0x7e : 0x7f);
}

// Sections in the order that the format asks for.
struct Sections {
    Bytes types, imports, functions, exports, code;
};

void add_function(Sections& sections, const ShadowImport& function, std::size_t index, std::size_t count) {
    const auto colon = function.signature.find(':');
    sections.types.push_back(0x60);
    add_types(sections.types, function.signature.substr(0, colon));
    add_types(sections.types, function.signature.substr(colon + 1));

    add_name(sections.imports, function.module);
    add_name(sections.imports, function.name);
    sections.imports.push_back(function_kind);
    add_number(sections.imports, index);

    add_number(sections.functions, index);
    add_name(sections.exports, function.name);
    sections.exports.push_back(function_kind);
    add_number(sections.exports, count + index);

    Bytes body{0};  // no locals
    for (std::size_t i = 0; i < colon; i++) {
        body.push_back(0x20);  // local.get
        add_number(body, i);
    }
    body.push_back(0x10);  // call
    add_number(body, index);
    body.push_back(0x0b);  // end
    add_sized(sections.code, body);
}

}  // namespace

std::vector<std::uint8_t> forwarding_module(std::span<const ShadowImport> functions) {
    Sections sections;
    const std::size_t count = functions.size();
    for (Bytes* list : {&sections.types, &sections.functions, &sections.code}) add_number(*list, count);
    for (Bytes* list : {&sections.imports, &sections.exports}) add_number(*list, count + 1);
    add_name(sections.imports, "guest");
    add_name(sections.imports, "memory");
    sections.imports.insert(sections.imports.end(), {memory_kind, 0, 0});  // of any size
    add_name(sections.exports, "memory");
    sections.exports.insert(sections.exports.end(), {memory_kind, 0});
    for (std::size_t i = 0; i < count; i++) add_function(sections, functions[i], i, count);

    Bytes module{0, 'a', 's', 'm', 1, 0, 0, 0};
    const std::pair<std::uint8_t, const Bytes*> numbered[] = {{1, &sections.types},
                                                              {2, &sections.imports},
                                                              {3, &sections.functions},
                                                              {7, &sections.exports},
                                                              {10, &sections.code}};
    for (const auto& [number, content] : numbered) {
        module.push_back(number);
        add_sized(module, *content);
    }
    return module;
}

}  // namespace wasm_bpf::engine
