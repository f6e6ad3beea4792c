#include "cli/list.hpp"

#include <map>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/print.hpp"
#include "command/exit_codes.hpp"
#include "inspect/guests_report.hpp"

namespace wasm_bpf::cli {
namespace {

using inspect::Listed;

const std::map<std::string, Listed> listed_kinds{
    {"programs", Listed::programs}, {"maps", Listed::maps}, {"links", Listed::links}};

struct ListArguments {
    Listed listed = Listed::everything;
    int pid = 0;  // 0: every process of this command
    bool json = false;
};

int run_list(const ListArguments& arguments) {
    inspect::GuestProcesses guests;
    if (arguments.pid == 0) {
        guests = inspect::find_guests();
    } else {
        auto process = inspect::guest_process(arguments.pid);
        if (!process) return report("list", process.error().message, exit_failure);
        guests.processes.push_back(std::move(*process));
    }
    if (guests.unreadable > 0)
        report("list", fmt::format("{} of other users may not be looked into: run with sudo", guests.unreadable), 0);
    return print("list", arguments.json ? inspect::guests_json(guests, arguments.listed)
                                        : inspect::guests_text(guests, arguments.listed));
}

}  // namespace

void add_list_command(CLI::App& app, int& exit_code) {
    CLI::App* command = app.add_subcommand("list", "Show the programs, maps and links that running guests hold");
    const auto arguments = std::make_shared<ListArguments>();
    command
        ->add_option_function<std::string>(
            "KIND", [arguments](const std::string& kind) { arguments->listed = listed_kinds.at(kind); },
            "programs, maps or links; default: everything")
        ->check([](const std::string& kind) {
            return listed_kinds.contains(kind) ? "" : fmt::format("\"{}\" is none of programs, maps, links", kind);
        })
        ->type_name("");
    command
        ->add_option("--pid", arguments->pid, "This process alone, whatever its program: one that embeds the library")
        ->check(CLI::PositiveNumber);
    command->add_flag("--json", arguments->json, "Print JSON (docs/inspect.md)");
    command->footer("Names and places take the privilege to look at other processes' BPF objects (CAP_SYS_ADMIN).");
    command->callback([arguments, &exit_code] { exit_code = run_list(*arguments); });
}

}  // namespace wasm_bpf::cli
