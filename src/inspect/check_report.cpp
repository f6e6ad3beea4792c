#include "inspect/check_report.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/printable.hpp"
#include "component_file/host_interface.hpp"
#include "guest_abi/imports.hpp"
#include "inspect/json.hpp"
#include "inspect/text.hpp"

namespace wasm_bpf::inspect {
namespace {

bool chooses_programs(const Contents& contents) {
    return contents.module && std::ranges::any_of(contents.module->imports, [](const WasmImport& import) {
               return import.module == guest_abi::version_1 && import.name == "program_set";
           });
}

bool has_objects(const Contents& contents) {
    return std::ranges::any_of(modules_of(contents), [](const Contents* module) { return !module->objects.empty(); });
}

void check_module(const Contents& module, const bpf::TargetKernel& kernel, std::vector<bpf::Missing>& missing) {
    for (const WasmImport& import : module.unknown_imports) {
        const std::string name = printable(import.module + "." + import.name);
        missing.push_back({"import", name, fmt::format("this version of wasm-bpf has no import {}", name), {}});
    }
    for (const ObjectContents& object : module.objects)
        for (bpf::Missing& each : bpf::missing_in(kernel, object.facts, object.elf)) missing.push_back(std::move(each));
}

void check_imports(const ComponentContents& component, std::vector<bpf::Missing>& missing) {
    using component_file::HostInterface;
    for (const std::string& import : component.imports) {
        const HostInterface known = component_file::host_interface(import);
        if (known == HostInterface::known) continue;
        const std::string name = printable(import);
        missing.push_back({"import",
                           name,
                           known == HostInterface::none
                               ? fmt::format("no plug is in it that exports {}: give one by run --plug", name)
                               : fmt::format("this version of wasm-bpf has no interface {}", name),
                           {}});
    }
}

std::vector<std::string> notes(const Contents& contents, const bpf::TargetKernel& kernel, const CheckReport& report) {
    std::vector<std::string> notes;
    if (kernel.has_btf() && !kernel.has_own_btf())
        notes.emplace_back("types and fields were looked up in the BTF that the module carries for this kernel");
    if (!kernel.is_running() && !kernel.has_btf())
        notes.emplace_back("types, fields and functions were not checked: give the kernel's BTF by --btf FILE");
    if (!kernel.is_running() && kernel.version() == 0)
        notes.emplace_back("branches by kernel version were followed both ways: give it by --kernel-version X.Y");
    const bool by_program = std::ranges::any_of(
        report.missing, [](const bpf::Missing& each) { return !each.programs.empty() && !each.optional; });
    if (by_program && chooses_programs(contents))
        notes.emplace_back("the guest can choose which of its programs are loaded: it may do without those above");
    if (!has_objects(contents)) notes.emplace_back("it has no BPF objects");
    return notes;
}

std::string rows_text(const std::vector<bpf::Missing>& missing, bool optional) {
    std::string text;
    for (const bpf::Missing& each : missing) {
        if (each.optional != optional) continue;
        text += wrapped_text("  - ", each.text);
        if (!each.programs.empty()) text += list_text("    needed by ", each.programs);
    }
    return text;
}

}  // namespace

bool CheckReport::runs() const {
    return std::ranges::all_of(missing, [](const bpf::Missing& each) { return each.optional; });
}

CheckReport check(const Contents& contents, const bpf::TargetKernel& kernel) {
    CheckReport report{.kernel = kernel.name(), .missing = {}, .notes = {}};
    if (contents.component) check_imports(*contents.component, report.missing);
    for (const Contents* module : modules_of(contents)) check_module(*module, kernel, report.missing);
    std::ranges::stable_sort(report.missing, {}, &bpf::Missing::optional);
    report.notes = notes(contents, kernel, report);
    return report;
}

std::string check_text(const CheckReport& report, const std::string& name) {
    const std::string needed = rows_text(report.missing, false);
    std::string text = report.runs()
                           ? fmt::format("{} runs on {}\n", printable(name), report.kernel)
                           : fmt::format("{} does not run on {}:\n{}", printable(name), report.kernel, needed);
    const std::string optional = rows_text(report.missing, true);
    if (!optional.empty()) text += "for programs that are loaded only if the guest asks:\n" + optional;
    for (const std::string& note : report.notes) text += wrapped_text("note: ", note);
    return text;
}

std::string check_json(const CheckReport& report, const std::string& name) {
    Json missing = Json::array();
    for (const bpf::Missing& each : report.missing)
        missing.push_back({{"kind", each.kind},
                           {"name", each.name},
                           {"text", each.text},
                           {"programs", each.programs},
                           {"optional", each.optional}});
    return json_text({{"file", name},
                      {"kernel", report.kernel},
                      {"runs", report.runs()},
                      {"missing", std::move(missing)},
                      {"notes", report.notes}});
}

}  // namespace wasm_bpf::inspect
