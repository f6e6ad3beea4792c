// wasm-bpf: runs, builds and inspects Wasm modules that carry eBPF programs. One file a subcommand.

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "bpf/kernel.hpp"
#include "cli/build.hpp"
#include "cli/check.hpp"
#include "cli/compose.hpp"
#include "cli/gen.hpp"
#include "cli/inspect.hpp"
#include "cli/list.hpp"
#include "cli/new.hpp"
#include "cli/probe.hpp"
#include "cli/run.hpp"
#include "cli/sdk.hpp"
#include "cli/usage.hpp"
#include "command/exit_codes.hpp"
#include "command/run_options.hpp"
#include "engine/wasmtime/wasmtime_engine.hpp"

namespace {

using namespace wasm_bpf;

std::string version() {
    auto engine = engine::make_wasmtime_engine();
    return fmt::format("wasm-bpf " WASM_BPF_VERSION " ({}, libbpf {})", engine ? (*engine)->version() : "no engine",
                       bpf::libbpf_version());
}

// `wasm-bpf MODULE …` and `wasm-bpf --option … MODULE …` mean `wasm-bpf run …`.
std::vector<std::string> with_subcommand(int argc, char** argv, const CLI::App& app) {
    std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.empty()) return arguments;
    std::vector<std::string> own{"-h", "--help", "--version"};
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        own.push_back(command->get_name());
    if (std::ranges::find(own, arguments.front()) == own.end()) arguments.insert(arguments.begin(), "run");
    return arguments;
}

// "gen types ": those that the arguments name.
std::string chosen_commands(const CLI::App& app) {
    const auto chosen = app.get_subcommands();
    return chosen.empty() ? "" : chosen.front()->get_name() + " " + chosen_commands(*chosen.front());
}

void add_version_flag(CLI::App& app) {
    app.set_version_flag("--version", version, "Print the versions of the command, its engine and libbpf");
    for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) add_version_flag(*command);
}

}  // namespace

int main(int argc, char** argv) {
    int exit_code = 0;
    CLI::App app("Runs and builds WebAssembly modules that carry eBPF programs and their user-space half.", "wasm-bpf");
    app.footer(std::string(command::run_options::exit_codes));
    app.require_subcommand(1);
    cli::add_run_command(app, exit_code);
    cli::add_build_command(app, exit_code);
    cli::add_gen_command(app, exit_code);
    cli::add_compose_command(app, exit_code);
    cli::add_new_command(app, exit_code);
    cli::add_inspect_command(app, exit_code);
    cli::add_check_command(app, exit_code);
    cli::add_sdk_command(app, exit_code);
    cli::add_list_command(app, exit_code);
    cli::add_probe_command(app, exit_code);
    add_version_flag(app);
    cli::set_usage(app, "Usage: wasm-bpf MODULE [ARGS...]\n       wasm-bpf SUBCOMMAND [OPTIONS] ...");

    auto arguments = with_subcommand(argc, argv, app);
    if (arguments.empty()) {
        fmt::print(stderr, "{}", app.help());
        return exit_failure;
    }
    std::ranges::reverse(arguments);  // what CLI11 takes
    try {
        app.parse(arguments);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error);
        fmt::print(stderr, "wasm-bpf: {}; see wasm-bpf {}--help\n", error.what(), chosen_commands(app));
        return exit_failure;
    }
    return exit_code;
}
