#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "api/printable.hpp"
#include "component_file/host_interface.hpp"
#include "inspect/contents_report.hpp"
#include "inspect/text.hpp"

namespace wasm_bpf::inspect {
namespace {

// "wasi:cli@0.2.6" and "stdout" of "wasi:cli/stdout@0.2.6".
std::pair<std::string, std::string> package_and_interface(const std::string& name) {
    const std::size_t slash = name.find('/');
    if (slash == name.npos) return {"", name};
    const std::size_t at = std::min(name.find('@', slash), name.size());
    return {name.substr(0, slash) + name.substr(at), name.substr(slash + 1, at - slash - 1)};
}

const char* giver_of(const std::string& name) {
    using component_file::HostInterface;
    switch (component_file::host_interface(name)) {
        case HostInterface::known: return name.starts_with("wasi:") ? "WASI" : "this host";
        case HostInterface::unknown_version: return "not in this host: another version";
        case HostInterface::none: break;
    }
    return "a plug must give it";
}

// One list a package.
std::string names_text(const char* title, const std::vector<std::string>& names,
                       const char* (*mark)(const std::string&)) {
    std::map<std::string, std::vector<std::string>> by_package;
    for (const std::string& name : names) {
        auto [package, interface] = package_and_interface(printable(name));
        const std::string note = mark != nullptr ? fmt::format(" ({})", mark(name)) : "";
        by_package[(package.empty() ? "its own names" : package) + note].push_back(std::move(interface));
    }
    std::string text;
    for (const auto& [package, interfaces] : by_package)
        text += fmt::format("  {}\n", package) + list_text("    ", interfaces);
    return text.empty() ? "" : fmt::format("\n{}\n{}", title, text);
}

// Behind the world, whose imports and exports are listed: the interfaces that are this component's own matter.
std::string interfaces_text(const std::string& wit) {
    const std::size_t start = wit.find("\npackage ");
    if (start == wit.npos) return "";
    std::string text = "\ninterfaces\n";
    for (std::string_view rest = std::string_view(wit).substr(start + 1); !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        if (end > 0) text += "  " + printable(std::string(rest.substr(0, end))) + "\n";
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return text;
}

// What makers of components put between the parts: no code of anybody's own.
bool is_glue(std::string_view name) { return name.starts_with("wit-component") || name == "start-shim-module"; }

std::string modules_text(const ComponentContents& component) {
    std::string text;
    std::size_t glue_modules = 0, glue_bytes = 0;
    for (const ModuleInside& module : component.modules) {
        const Contents& contents = *module.contents;
        if (is_glue(module.name)) {
            glue_modules++;
            glue_bytes += contents.size_bytes;
            continue;
        }
        text += fmt::format("\ncore module {}: {}, {}\n", printable(module.name), byte_text(contents.size_bytes),
                            count_text(contents.module ? contents.module->function_count : 0, "function"));
        for (const ObjectContents& object : contents.objects) text += object_text(object, Place::module);
    }
    if (glue_modules > 0)
        text += fmt::format("\nwhat connects it to WASI: {}, {}\n", count_text(glue_modules, "core module"),
                            byte_text(glue_bytes));
    return text;
}

bool has_modules(const ComponentContents& component) {
    return !component.modules.empty() || std::ranges::any_of(component.components, has_modules);
}

// `giver`: who gives an import, of the outermost; within, the component around does.
std::string level_text(const ComponentContents& component, const std::string& title,
                       const char* (*giver)(const std::string&)) {
    std::string text = fmt::format("{}: Wasm component, {}\n", title, byte_text(component.size_bytes)) +
                       names_text("imports", component.imports, giver) +
                       names_text("imports of types", component.type_imports, nullptr) +
                       names_text("exports", component.exports, nullptr) + interfaces_text(component.wit) +
                       modules_text(component);
    for (const ComponentContents& nested : component.components)
        if (has_modules(nested))
            text += "\n" + level_text(nested, fmt::format("in {}: {}", title, printable(nested.name)), nullptr);
    return text;
}

}  // namespace

std::string component_text(const ComponentContents& component, const std::string& name) {
    std::string text = level_text(component, printable(name), giver_of);
    const auto modules = modules_of(component);
    const bool objects = std::ranges::any_of(modules, [](const Contents* module) { return !module->objects.empty(); });
    return objects ? text : text + "\nno BPF objects\n";
}

}  // namespace wasm_bpf::inspect
