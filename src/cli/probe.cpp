#include "cli/probe.hpp"

#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "bpf/kernel_offers.hpp"
#include "cli/print.hpp"
#include "command/exit_codes.hpp"
#include "inspect/offers_report.hpp"

namespace wasm_bpf::cli {
namespace {

struct ProbeArguments {
    std::string helpers_of;
    bool json = false;
};

int run_probe(const ProbeArguments& arguments) {
    if (arguments.helpers_of.empty()) {
        const bpf::KernelOffers offers = bpf::kernel_offers();
        return print("probe", arguments.json ? inspect::offers_json(offers) : inspect::offers_text(offers));
    }
    const auto helpers = bpf::helper_offers(arguments.helpers_of);
    if (!helpers) {
        const bool privilege = helpers.error().kind == ErrorKind::missing_privilege;
        return report("probe", helpers.error().message, privilege ? exit_missing_privilege : exit_failure);
    }
    return print("probe", arguments.json ? inspect::helpers_json(*helpers, arguments.helpers_of)
                                         : inspect::helpers_text(*helpers, arguments.helpers_of));
}

}  // namespace

void add_probe_command(CLI::App& app, int& exit_code) {
    CLI::App* command = app.add_subcommand("probe", "Show what this kernel offers to BPF programs");
    const auto arguments = std::make_shared<ProbeArguments>();
    command
        ->add_option("--helpers", arguments->helpers_of,
                     "Show the helpers that programs of this type may call, as kprobe")
        ->type_name("TYPE");
    command->add_flag("--json", arguments->json, "Print JSON (docs/inspect.md)");
    command->footer(
        "The kernel is asked by throwaway programs and maps, where this process may make such. One program that does\n"
        "nothing is attached for a moment to bpf_fentry_test1, which only the kernel's own tests call.");
    command->callback([arguments, &exit_code] { exit_code = run_probe(*arguments); });
}

}  // namespace wasm_bpf::cli
