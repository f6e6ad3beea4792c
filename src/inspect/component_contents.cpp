#include "inspect/component_contents.hpp"

#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "component_file/component_tools.hpp"
#include "inspect/contents.hpp"
#include "wasm_file/component.hpp"

namespace wasm_bpf::inspect {
namespace {

using wasm_file::Inside;

constexpr int most_depth = 16;
constexpr std::size_t most_inside = 1024;

Result<ComponentContents> read_level(std::span<const std::byte> bytes, std::size_t start, int depth);

Result<> add(const Inside& inside, int depth, ComponentContents& contents) {
    if (inside.what == Inside::What::component) {
        auto nested = read_level(inside.bytes, inside.start, depth + 1);
        if (!nested) return std::unexpected(std::move(nested).error());
        nested->name = inside.name.empty() ? fmt::format("component {}", contents.components.size() + 1) : inside.name;
        contents.components.push_back(std::move(*nested));
        return {};
    }
    const std::string name = inside.name.empty() ? fmt::format("module {}", contents.modules.size() + 1) : inside.name;
    auto module = read_contents(inside.bytes);
    if (!module) return std::unexpected(std::move(module).error().in(fmt::format("its core module \"{}\"", name)));
    module->unknown_imports.clear();  // what it imports is given within the component
    contents.modules.push_back({name, std::make_unique<Contents>(std::move(*module))});
    return {};
}

Result<ComponentContents> read_level(std::span<const std::byte> bytes, std::size_t start, int depth) {
    if (depth > most_depth)
        return fail(EINVAL, fmt::format("components lie in components, more than {} deep", most_depth),
                    ErrorKind::bad_module);
    const auto inside = wasm_file::read_component(bytes, start);
    if (!inside) return std::unexpected(inside.error());
    if (inside->size() > most_inside)
        return fail(EINVAL, fmt::format("it has more than {} modules and components", most_inside),
                    ErrorKind::bad_module);
    ComponentContents contents;
    contents.size_bytes = bytes.size();
    // Before it is described: what describes it takes lengths for what they say.
    for (const Inside& each : *inside)
        if (auto added = add(each, depth, contents); !added) return std::unexpected(std::move(added).error());
    // One within another may use what lies around it, and cannot be described alone then.
    if (auto description = component_file::describe(bytes)) {
        contents.imports = std::move(description->imports);
        contents.type_imports = std::move(description->type_imports);
        contents.exports = std::move(description->exports);
        contents.wit = std::move(description->wit);
    } else if (depth == 0) {
        return std::unexpected(std::move(description).error());
    }
    return contents;
}

}  // namespace

Result<ComponentContents> read_component_contents(std::span<const std::byte> bytes) { return read_level(bytes, 0, 0); }

}  // namespace wasm_bpf::inspect
