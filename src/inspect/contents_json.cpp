#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bpf/kernel_features.hpp"
#include "inspect/contents_report.hpp"
#include "inspect/json.hpp"
#include "inspect/known_imports.hpp"
#include "policy/kernel_names.hpp"

namespace wasm_bpf::inspect {
namespace {

Json program_json(const bpf::ProgramFacts& program) {
    Json helpers = Json::array();
    for (const std::uint32_t number : program.helpers) {
        const std::string name = bpf::helper_name(number);
        helpers.push_back(name.empty() ? fmt::format("#{}", number) : name);
    }
    Json result{{"name", program.name},
                {"section", program.section},
                {"type", policy::name_of(policy::program_types(), program.type)},
                {"autoload", program.autoload},
                {"instructions", program.instruction_count},
                {"helpers", std::move(helpers)},
                {"kernel_functions", program.kfuncs}};
    if (!program.attach_kind.empty())
        result["attach"] = {{"kind", program.attach_kind}, {"place", program.attach_place}};
    if (!program.target_needed.empty()) result["needs_target"] = program.target_needed;
    return result;
}

Json map_json(const bpf::MapFacts& map) {
    Json result{{"name", map.name},
                {"type", policy::name_of(policy::map_types(), map.type)},
                {"key_size", map.key_size},
                {"value_size", map.value_size},
                {"max_entries", map.max_entries},
                {"flags", map.flags}};
    if (!map.struct_ops.empty()) result["struct_ops"] = map.struct_ops;
    return result;
}

Json core_json(const bpf::CoreUse& use) {
    constexpr const char* words[] = {"type", "field", "enumerator"};
    Json result{{"kind", words[static_cast<int>(use.what)]}, {"type", use.type}};
    if (!use.member.empty()) result["member"] = use.member;
    result["asks_only"] = use.asks_only;
    return result;
}

Json extern_json(const bpf::ExternSymbol& symbol) {
    constexpr const char* words[] = {"function", "variable", "setting"};
    return {{"kind", words[static_cast<int>(symbol.kind)]}, {"name", symbol.name}, {"weak", symbol.weak}};
}

template <typename T>
Json list(const std::vector<T>& items, Json (*convert)(const T&)) {
    Json result = Json::array();
    for (const T& item : items) result.push_back(convert(item));
    return result;
}

Json object_json(const ObjectContents& object) {
    const bpf::ObjectFacts& facts = object.facts;
    Json result{{"source", facts.source}, {"size", object.elf.size()}};
    if (object.offset) result["memory_offset"] = *object.offset;
    result["license"] = facts.license;
    result["programs"] = list(facts.programs, program_json);
    result["maps"] = list(facts.maps, map_json);
    result["kernel_types"] = list(facts.core, core_json);
    result["externs"] = list(facts.code.externs, extern_json);
    return result;
}

Json import_json(const WasmImport& import) {
    return {{"module", import.module},
            {"name", import.name},
            {"kind", import.kind},
            {"known", is_known_import(import.module, import.name)}};
}

Json export_json(const WasmExport& each) { return {{"name", each.name}, {"kind", each.kind}}; }

Json memory_json(const WasmMemory& memory) {
    Json result{{"minimum_pages", memory.minimum_pages}, {"imported", memory.imported}};
    if (memory.maximum_pages) result["maximum_pages"] = *memory.maximum_pages;
    return result;
}

Json carried_btf_json(const wasm_file::CarriedBtf& each) {
    return {{"release", each.release}, {"machine", each.machine}, {"size", each.btf.size()}};
}

Json part_json(const Part& part) { return {{"name", part.name}, {"size", part.size_bytes}}; }

}  // namespace

Json contents_value(const Contents& contents) {
    Json result{{"size", contents.size_bytes}, {"objects", list(contents.objects, object_json)}};
    if (contents.module) {
        result["functions"] = contents.module->function_count;
        result["imports"] = list(contents.module->imports, import_json);
        result["exports"] = list(contents.module->exports, export_json);
        result["memories"] = list(contents.module->memories, memory_json);
        result["carried_btf"] = list(contents.carried_btfs, carried_btf_json);
        result["parts"] = list(contents.parts, part_json);
    }
    return result;
}

Json component_value(const ComponentContents& component) {
    Json modules = Json::array(), components = Json::array();
    for (const ModuleInside& module : component.modules) {
        Json value{{"name", module.name}};
        value.update(contents_value(*module.contents));
        value.erase("imports");  // names between the parts of the component
        modules.push_back(std::move(value));
    }
    for (const ComponentContents& nested : component.components) {
        Json value{{"name", nested.name}};
        value.update(component_value(nested));
        components.push_back(std::move(value));
    }
    return {{"size", component.size_bytes},  {"component", true},
            {"imports", component.imports},  {"type_imports", component.type_imports},
            {"exports", component.exports},  {"wit", component.wit},
            {"modules", std::move(modules)}, {"components", std::move(components)}};
}

std::string contents_json(const Contents& contents, const std::string& name) {
    Json result{{"file", name}};
    result.update(contents.component ? component_value(*contents.component) : contents_value(contents));
    return json_text(result);
}

}  // namespace wasm_bpf::inspect
