#include "cli/compose.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "cli/plugs.hpp"
#include "cli/print.hpp"
#include "command/exit_codes.hpp"
#include "runtime/file.hpp"
#include "toolchain/step.hpp"

namespace wasm_bpf::cli {
namespace {

struct ComposeArguments {
    std::string socket;
    std::vector<std::string> plugs;
    std::string output;
    bool partial = false;
};

int run_compose(const ComposeArguments& arguments) {
    const auto socket = runtime::FileContent::open(arguments.socket);
    if (!socket) return report("compose", socket.error().message, exit_failure);
    const auto plugs = Plugs::open(arguments.plugs);
    if (!plugs) return report("compose", plugs.error().message, exit_failure);
    using component_file::Missing;
    const auto whole = plugs->plugged_into(arguments.socket, socket->bytes(),
                                           arguments.partial ? Missing::left_open : Missing::refused);
    if (!whole) return report("compose", whole.error().message, exit_bad_module);
    if (const auto written = toolchain::write_file(arguments.output, *whole); !written)
        return report("compose", written.error().message, exit_failure);
    fmt::print("{}\n", arguments.output);
    return 0;
}

}  // namespace

void add_compose_command(CLI::App& app, int& exit_code) {
    CLI::App* command = app.add_subcommand("compose", "Put components together: what one imports, another exports");
    const auto arguments = std::make_shared<ComposeArguments>();
    command->add_option("SOCKET", arguments->socket, "The component that imports, and is run")->required();
    command
        ->add_option("--plug", arguments->plugs,
                     "A component that exports what SOCKET, or another plug, imports, by the interface's name")
        ->required()
        ->allow_extra_args(false)
        ->type_name("FILE");
    command->add_option("-o,--output", arguments->output, "The component to write")->required()->type_name("FILE");
    command->add_flag("--partial", arguments->partial,
                      "Leave imports that no plug exports to a later compose, or to run --plug");
    command->footer(
        "Each component keeps its own memory. Exit codes: 123: the components do not go together, or one is no\n"
        "component; 125: a file cannot be read or written. docs/components.md has more.");
    command->callback([arguments, &exit_code] { exit_code = run_compose(*arguments); });
}

}  // namespace wasm_bpf::cli
