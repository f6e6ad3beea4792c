#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "api/printable.hpp"
#include "bpf/kernel_features.hpp"
#include "inspect/contents_report.hpp"
#include "inspect/known_imports.hpp"
#include "inspect/text.hpp"
#include "policy/kernel_names.hpp"

namespace wasm_bpf::inspect {
namespace {

std::string programs_text(const bpf::ObjectFacts& facts) {
    Table table(4);
    table.align_right(2);
    for (const bpf::ProgramFacts& program : facts.programs) {
        std::string rest = program.target_needed.empty() ? "" : "needs " + program.target_needed;
        if (!program.autoload) rest += rest.empty() ? "loaded on demand" : "; loaded on demand";
        std::vector<std::string> row{program.name, program.section, fmt::format("{} insns", program.instruction_count)};
        if (!rest.empty()) row.push_back(std::move(rest));
        table.add(std::move(row));
    }
    return table.empty() ? "" : "  programs\n" + table.text();
}

std::string maps_text(const bpf::ObjectFacts& facts) {
    Table table(4);
    for (const bpf::MapFacts& map : facts.maps) {
        std::string size = map.key_size > 0     ? fmt::format("key {} B, value {} B", map.key_size, map.value_size)
                           : map.value_size > 0 ? fmt::format("value {} B", map.value_size)
                                                : "";
        if (!map.struct_ops.empty()) size = map.struct_ops;
        const bool one_value = map.name.starts_with('.') && map.max_entries == 1;
        if (one_value) size = byte_text(map.value_size);
        std::string entries;
        if (map.max_entries > 0 && !one_value && map.struct_ops.empty())
            entries =
                size.empty() ? byte_text(map.max_entries) : fmt::format(", {}", count_text(map.max_entries, "entry"));
        if (entries.ends_with("entrys")) entries.replace(entries.size() - 6, 6, "entries");
        table.add({map.name, policy::name_of(policy::map_types(), map.type), size + entries});
    }
    return table.empty() ? "" : "  maps\n" + table.text();
}

std::vector<std::string> helper_names(const bpf::ObjectFacts& facts) {
    std::vector<std::uint32_t> numbers;
    for (const bpf::ProgramFacts& program : facts.programs)
        numbers.insert(numbers.end(), program.helpers.begin(), program.helpers.end());
    std::ranges::sort(numbers);
    numbers.erase(std::ranges::unique(numbers).begin(), numbers.end());
    std::vector<std::string> names;
    for (const std::uint32_t number : numbers) {
        const std::string name = bpf::helper_name(number);
        names.push_back(name.empty() ? fmt::format("#{}", number) : name);
    }
    return names;
}

std::string externs_text(const bpf::ObjectFacts& facts) {
    using Kind = bpf::ExternSymbol::Kind;
    std::string text;
    for (const auto& [kind, label] :
         {std::pair(Kind::function, "  kernel functions  "), std::pair(Kind::variable, "  kernel variables  "),
          std::pair(Kind::setting, "  kernel settings   ")}) {
        std::vector<std::string> names;
        for (const bpf::ExternSymbol& symbol : facts.code.externs)
            if (symbol.kind == kind) names.push_back(printable(symbol.name) + (symbol.weak ? "?" : ""));
        if (!names.empty()) text += list_text(label, names);
    }
    return text;
}

std::string core_text(const bpf::ObjectFacts& facts) {
    std::map<std::string, std::vector<std::string>> members;
    bool asks = false;
    for (const bpf::CoreUse& use : facts.core) {
        auto& of_type = members[printable(use.type)];
        const char* mark = use.asks_only ? "?" : "";
        asks |= use.asks_only;
        if (use.what != bpf::CoreUse::What::type)
            of_type.push_back(printable(use.member) + mark);
        else if (use.asks_only)
            of_type.push_back("(the type)?");
    }
    if (members.empty()) return "";
    std::string text =
        fmt::format("  kernel types and fields{}\n", asks ? " (?: it only asks whether they are there)" : "");
    for (const auto& [type, names] : members) text += list_text(fmt::format("    {}  ", type), names);
    return text;
}

std::string imports_text(const Contents& contents) {
    std::map<std::string, std::vector<std::string>> by_module;
    for (const WasmImport& import : contents.module->imports)
        by_module[printable(import.module)].push_back(printable(import.name));
    std::string text;
    for (auto& [module, names] : by_module) {
        std::ranges::sort(names);
        names.erase(std::ranges::unique(names).begin(), names.end());
        const std::string_view what = describe_import_module(module);
        text += fmt::format("  {} ({})\n", module, what.empty() ? "not in this host" : what) + list_text("    ", names);
    }
    if (!contents.unknown_imports.empty()) {
        std::vector<std::string> names;
        for (const WasmImport& import : contents.unknown_imports)
            names.push_back(printable(import.module + "." + import.name));
        text += list_text("  unknown here: ", names);
    }
    return text.empty() ? "" : "\nimports\n" + text;
}

std::string memory_text(const WasmModule& module) {
    std::string text;
    for (const WasmMemory& memory : module.memories) {
        constexpr std::uint64_t page = 65536;
        const auto size = [](std::uint64_t pages) {
            return pages < UINT64_MAX / page ? byte_text(pages * page) : "all";
        };
        text += fmt::format(
            "  {} at first, {}{}\n", size(memory.minimum_pages),
            memory.maximum_pages ? fmt::format("at most {}", size(*memory.maximum_pages)) : "no limit of its own",
            memory.imported ? ", imported" : "");
    }
    return text.empty() ? "" : "\nmemory\n" + text;
}

std::string exports_text(const WasmModule& module) {
    std::vector<std::string> names;
    for (const WasmExport& each : module.exports)
        names.push_back(each.kind == "func" ? printable(each.name)
                                            : fmt::format("{} ({})", printable(each.name), each.kind));
    return names.empty() ? "" : "\nexports\n" + list_text("  ", names);
}

std::string carried_btfs_text(const Contents& contents) {
    Table table(2);
    table.align_right(2);
    for (const wasm_file::CarriedBtf& each : contents.carried_btfs)
        table.add({each.release, each.machine, byte_text(each.btf.size())});
    return table.empty() ? "" : "\nBTF for kernels that have none\n" + table.text();
}

std::string parts_text(const Contents& contents) {
    Table table(2);
    table.align_right(1);
    table.align_right(2);
    for (const Part& part : contents.parts)
        table.add({printable(part.name), byte_text(part.size_bytes),
                   fmt::format("{:.0f}%", 100.0 * static_cast<double>(part.size_bytes) /
                                              static_cast<double>(std::max<std::size_t>(1, contents.size_bytes)))});
    return "\nsize by part\n" + table.text();
}

}  // namespace

std::string object_text(const ObjectContents& object, Place place) {
    const bool embedded = place == Place::module;
    const std::string name =
        object.facts.source.empty() ? "BPF object" : "BPF object " + printable(object.facts.source);
    std::string head = fmt::format("{}{}: {}", embedded ? "\n" : "", name, byte_text(object.elf.size()));
    if (embedded) head += fmt::format(" at {:#x}", *object.offset);
    if (!object.facts.license.empty()) head += ", license " + object.facts.license;
    const auto helpers = helper_names(object.facts);
    return head + "\n" + programs_text(object.facts) + maps_text(object.facts) +
           (helpers.empty() ? "" : list_text("  helpers           ", helpers)) + externs_text(object.facts) +
           core_text(object.facts);
}

std::string contents_text(const Contents& contents, const std::string& name) {
    if (contents.component) return component_text(*contents.component, name);
    if (!contents.module) return object_text(contents.objects.front(), Place::file_of_its_own);
    std::string text = fmt::format("{}: Wasm module, {}, {}\n", printable(name), byte_text(contents.size_bytes),
                                   count_text(contents.module->function_count, "function"));
    if (contents.objects.empty()) text += "\nno BPF objects\n";
    for (const ObjectContents& object : contents.objects) text += object_text(object, Place::module);
    return text + imports_text(contents) + exports_text(*contents.module) + memory_text(*contents.module) +
           carried_btfs_text(contents) + parts_text(contents);
}

}  // namespace wasm_bpf::inspect
