#include "inspect/guests_report.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "api/printable.hpp"
#include "inspect/json.hpp"
#include "inspect/text.hpp"
#include "policy/kernel_names.hpp"

namespace wasm_bpf::inspect {
namespace {

using Row = std::vector<std::string>;

std::string name_or_unknown(const std::string& name) { return name.empty() ? "?" : name; }

Row program_row(const bpf::HeldProgram& program) {
    return {fmt::format("{}", program.id), policy::name_of(policy::program_types(), program.type),
            name_or_unknown(program.name), byte_text(program.memory_bytes)};
}

Row map_row(const bpf::HeldMap& map) {
    return {fmt::format("{}", map.id), policy::name_of(policy::map_types(), map.type), name_or_unknown(map.name),
            byte_text(map.memory_bytes)};
}

Row link_row(const bpf::HeldLink& link) {
    std::string program = link.program_id == 0 ? "" : fmt::format("program {}", link.program_id);
    return {fmt::format("{}", link.id), name_or_unknown(link.type), std::move(program), link.place};
}

template <typename T>
void add_rows(Table& table, const std::vector<T>& items, Row (*row)(const T&), const Row& before) {
    for (const T& item : items) {
        Row cells = before;
        for (std::string& cell : row(item)) cells.push_back(std::move(cell));
        table.add(std::move(cells));
    }
}

template <typename T>
std::string section_text(const char* title, const std::vector<T>& items, Row (*row)(const T&)) {
    if (items.empty()) return "";
    Table table(4);
    table.align_right(0);
    add_rows(table, items, row, {});
    return fmt::format("  {}\n{}", title, table.text());
}

std::string process_text(const GuestProcess& process) {
    const bpf::Holder& held = process.held;
    std::uint64_t memory = 0;
    for (const auto& each : held.programs) memory += each.memory_bytes;
    for (const auto& each : held.maps) memory += each.memory_bytes;
    return fmt::format("{}, process {}: {}, {}, {}, {}\n", printable(process.guest), held.pid,
                       count_text(held.programs.size(), "program"), count_text(held.maps.size(), "map"),
                       count_text(held.links.size(), "link"), byte_text(memory)) +
           section_text("programs", held.programs, program_row) + section_text("maps", held.maps, map_row) +
           section_text("links", held.links, link_row);
}

std::string one_kind_text(const GuestProcesses& guests, Listed listed) {
    Table table;
    table.align_right(0);
    table.align_right(2);
    table.add(listed == Listed::links ? Row{"PID", "GUEST", "ID", "TYPE", "PROGRAM", "PLACE"}
                                      : Row{"PID", "GUEST", "ID", "TYPE", "NAME", "MEMORY"});
    for (const GuestProcess& process : guests.processes) {
        const Row before{fmt::format("{}", process.held.pid),
                         printable(std::filesystem::path(process.guest).filename().string())};
        switch (listed) {
            case Listed::programs: add_rows(table, process.held.programs, program_row, before); break;
            case Listed::maps: add_rows(table, process.held.maps, map_row, before); break;
            default: add_rows(table, process.held.links, link_row, before); break;
        }
    }
    return table.text();
}

Json program_json(const bpf::HeldProgram& program) {
    return {{"id", program.id},
            {"type", policy::name_of(policy::program_types(), program.type)},
            {"name", program.name},
            {"memory", program.memory_bytes}};
}

Json map_json(const bpf::HeldMap& map) {
    return {{"id", map.id},
            {"type", policy::name_of(policy::map_types(), map.type)},
            {"name", map.name},
            {"key_size", map.key_size},
            {"value_size", map.value_size},
            {"max_entries", map.max_entries},
            {"memory", map.memory_bytes}};
}

Json link_json(const bpf::HeldLink& link) {
    return {{"id", link.id}, {"type", link.type}, {"program_id", link.program_id}, {"place", link.place}};
}

template <typename T>
Json list(const std::vector<T>& items, Json (*convert)(const T&)) {
    Json result = Json::array();
    for (const T& item : items) result.push_back(convert(item));
    return result;
}

}  // namespace

std::string guests_text(const GuestProcesses& guests, Listed listed) {
    if (guests.processes.empty()) return "no guest holds programs, maps or links\n";
    if (listed != Listed::everything) return one_kind_text(guests, listed);
    std::string text;
    for (const GuestProcess& process : guests.processes) text += (text.empty() ? "" : "\n") + process_text(process);
    return text;
}

std::string guests_json(const GuestProcesses& guests, Listed listed) {
    Json result = Json::array();
    const bool all = listed == Listed::everything;
    for (const GuestProcess& process : guests.processes) {
        Json each{{"pid", process.held.pid}, {"guest", process.guest}};
        if (all || listed == Listed::programs) each["programs"] = list(process.held.programs, program_json);
        if (all || listed == Listed::maps) each["maps"] = list(process.held.maps, map_json);
        if (all || listed == Listed::links) each["links"] = list(process.held.links, link_json);
        result.push_back(std::move(each));
    }
    return json_text(result);
}

}  // namespace wasm_bpf::inspect
