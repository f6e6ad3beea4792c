#include "component_file/component_tools.hpp"

#include <algorithm>
#include <cerrno>
#include <functional>
#include <iterator>
#include <ranges>
#include <string_view>
#include <utility>

#include "component_file/host_interface.hpp"

namespace wasm_bpf::component_file {
// deps/src/tools/mod.rs
extern "C" {
struct WasmBpfBytes {
    const void* data;
    std::size_t size;
};
struct WasmBpfNamedBytes {
    WasmBpfBytes name;
    WasmBpfBytes content;
};
using WasmBpfAnswer = void (*)(void* context, WasmBpfNamedBytes part);

bool wasm_bpf_component_encode(WasmBpfBytes module, bool is_command, WasmBpfAnswer answer, void* context);
bool wasm_bpf_component_embed(WasmBpfBytes module, WasmBpfBytes folder, WasmBpfBytes world,
                              const WasmBpfNamedBytes* packages, std::size_t package_count, WasmBpfAnswer answer,
                              void* context);
bool wasm_bpf_component_c_bindings(WasmBpfBytes folder, WasmBpfBytes world, const WasmBpfNamedBytes* packages,
                                   std::size_t package_count, WasmBpfAnswer answer, void* context);
bool wasm_bpf_component_compose(WasmBpfNamedBytes socket, const WasmBpfNamedBytes* plugs, std::size_t plug_count,
                                const WasmBpfNamedBytes* hosts, std::size_t host_count, bool leave_open,
                                WasmBpfAnswer answer, void* context);
bool wasm_bpf_component_describe(WasmBpfBytes component, const WasmBpfNamedBytes* hidden, std::size_t hidden_count,
                                 WasmBpfAnswer answer, void* context);
}

namespace {

WasmBpfBytes passed(std::string_view text) { return {text.data(), text.size()}; }
WasmBpfBytes passed(std::span<const std::byte> bytes) { return {bytes.data(), bytes.size()}; }

std::string text_of(WasmBpfBytes bytes) {
    return bytes.size == 0 ? std::string() : std::string(static_cast<const char*>(bytes.data), bytes.size);
}

using Parts = std::vector<NamedFile>;

void keep_part(void* context, WasmBpfNamedBytes part) {
    static_cast<Parts*>(context)->push_back({text_of(part.name), text_of(part.content)});
}

// The validator's texts about a file's bytes may show them below each other.
std::string in_one_line(std::string_view text) {
    std::string line;
    for (const auto part : std::views::split(text, '\n')) {
        std::string_view piece(part.begin(), part.end());
        piece.remove_prefix(std::min(piece.find_first_not_of(' '), piece.size()));
        if (!line.empty() && !piece.empty()) line += ' ';
        line += piece;
    }
    return line;
}

// What a call answered, by name and content, or its text of what is wrong.
Result<Parts> answers(const std::function<bool(WasmBpfAnswer, void*)>& call, ErrorKind kind) {
    Parts parts;
    if (call(keep_part, &parts)) return parts;
    if (parts.empty()) return fail(EINVAL, "it failed without a reason", kind);
    // Of WIT and of worlds that do not fit a module, the lines and what points at them are for whoever wrote them.
    std::string& text = parts.front().content;
    return fail(EINVAL, kind == ErrorKind::bad_module ? in_one_line(text) : std::move(text), kind);
}

Result<std::string> only_answer(const std::function<bool(WasmBpfAnswer, void*)>& call, ErrorKind kind) {
    Result<Parts> parts = answers(call, kind);
    if (!parts) return std::unexpected(std::move(parts).error());
    return std::move(parts->front().content);
}

std::vector<WasmBpfNamedBytes> named(const std::vector<std::filesystem::path>& paths) {
    std::vector<WasmBpfNamedBytes> result;
    for (const std::filesystem::path& path : paths) result.push_back({passed(path.native()), {}});
    return result;
}

std::vector<WasmBpfNamedBytes> hosts() {
    std::vector<WasmBpfNamedBytes> result;
    for (const std::string_view prefix : host_packages()) result.push_back({passed(prefix), {}});
    return result;
}

}  // namespace

Result<CBindings> c_bindings(const WitSource& source) {
    const auto packages = named(source.packages);
    Result<Parts> parts = answers(
        [&](WasmBpfAnswer answer, void* context) {
            return wasm_bpf_component_c_bindings(passed(source.folder.native()), passed(source.world), packages.data(),
                                                 packages.size(), answer, context);
        },
        ErrorKind::failed);
    if (!parts) return std::unexpected(std::move(parts).error());
    CBindings bindings;
    for (NamedFile& part : *parts) {
        if (part.name == "world")
            bindings.world = std::move(part.content);
        else if (part.name == "source")
            bindings.sources.emplace_back(std::move(part.content));
        else
            bindings.files.push_back(std::move(part));
    }
    return bindings;
}

Result<std::string> embed_world(std::span<const std::byte> module, const WitSource& source) {
    const auto packages = named(source.packages);
    return only_answer(
        [&](WasmBpfAnswer answer, void* context) {
            return wasm_bpf_component_embed(passed(module), passed(source.folder.native()), passed(source.world),
                                            packages.data(), packages.size(), answer, context);
        },
        ErrorKind::failed);
}

Result<std::string> encode(std::span<const std::byte> module, Model model) {
    return only_answer(
        [&](WasmBpfAnswer answer, void* context) {
            return wasm_bpf_component_encode(passed(module), model == Model::command, answer, context);
        },
        ErrorKind::bad_module);
}

Result<std::string> compose(const Part& socket, const std::vector<Part>& plugs, Missing missing) {
    std::vector<WasmBpfNamedBytes> all;
    for (const Part& plug : plugs) all.push_back({passed(plug.name), passed(plug.bytes)});
    const auto given = hosts();
    return only_answer(
        [&](WasmBpfAnswer answer, void* context) {
            return wasm_bpf_component_compose({passed(socket.name), passed(socket.bytes)}, all.data(), all.size(),
                                              given.data(), given.size(), missing == Missing::left_open, answer,
                                              context);
        },
        ErrorKind::bad_module);
}

Result<Description> describe(std::span<const std::byte> component) {
    // What everybody has is not worth a component's own description.
    const WasmBpfNamedBytes hidden[] = {{passed("wasi:"), {}}, {passed("wasm-bpf:"), {}}};
    Result<Parts> parts = answers(
        [&](WasmBpfAnswer answer, void* context) {
            return wasm_bpf_component_describe(passed(component), hidden, std::size(hidden), answer, context);
        },
        ErrorKind::bad_module);
    if (!parts) return std::unexpected(std::move(parts).error());
    Description description;
    for (NamedFile& part : *parts) {
        if (part.name == "wit")
            description.wit = std::move(part.content);
        else
            (part.name == "import"  ? description.imports
             : part.name == "types" ? description.type_imports
                                    : description.exports)
                .push_back(std::move(part.content));
    }
    return description;
}

}  // namespace wasm_bpf::component_file
