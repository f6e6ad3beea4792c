#include "cli/run.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/metrics_option.hpp"
#include "cli/plugs.hpp"
#include "cli/policy_options.hpp"
#include "cli/usage.hpp"
#include "command/run_guest.hpp"
#include "command/run_options.hpp"
#include "engine/wasmtime/wasmtime_engine.hpp"

namespace wasm_bpf::cli {
namespace {

struct RunOptions {
    PolicyOptions policy;
    command::RunRequest request;
    std::vector<std::string> plugs;
    std::string metrics_address;
    bool no_cache = false;
};

int run_with(RunOptions& options) {
    command::RunRequest& request = options.request;
    request.policy = options.policy.request;
    if (!options.policy.file.empty()) {
        auto policy = policy::Policy::read(options.policy.file);
        if (!policy) return command::report(policy.error());
        request.policy.base = std::move(*policy);
    }
    request.make_engine = [] { return engine::make_wasmtime_engine(); };
    if (options.no_cache) request.cache = command::Cache::none;
    auto plugs = Plugs::open(options.plugs);
    if (!plugs) return command::report(plugs.error());
    if (!plugs->empty())
        request.compose = [&](std::span<const std::byte> module) {
            return plugs->plugged_into(request.module_and_arguments.front(), module, component_file::Missing::refused);
        };
    std::optional<metrics::Listener> listener;
    if (!options.metrics_address.empty()) {
        auto opened = metrics::Listener::open(options.metrics_address);
        if (!opened) return command::report(std::move(opened).error().in("--metrics"));
        listener = std::move(*opened);
        request.beside = [&](runtime::Guest& guest) -> Result<std::shared_ptr<void>> {
            return serve_metrics(std::move(*listener), request.module_and_arguments.front(), guest.metrics());
        };
    }
    return command::run_guest(request);
}

}  // namespace

void add_run_command(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<RunOptions>();
    command::RunRequest& request = options->request;
    CLI::App* run = app.add_subcommand("run", "Run a module. `wasm-bpf MODULE [ARGS...]` is short for it.");
    set_usage(*run,
              "Usage: wasm-bpf run [OPTIONS] MODULE [ARGS...]\n       wasm-bpf MODULE [ARGS...]\n\n"
              "What follows MODULE belongs to the guest.");
    run->prefix_command();
    add_policy_options(*run, options->policy);
    run->add_option(command::run_options::btf.name, request.btf_path, command::run_options::btf.help)
        ->type_name(command::run_options::btf.value)
        ->check(CLI::ExistingFile);
    run->add_option(command::run_options::token.name, request.token_path, command::run_options::token.help)
        ->type_name(command::run_options::token.value);
    run->add_option(command::run_options::keep_capability.name, request.kept_capabilities,
                    command::run_options::keep_capability.help)
        ->type_name(command::run_options::keep_capability.value)
        ->take_all()
        ->allow_extra_args(false);
    run->add_option("--metrics", options->metrics_address,
                    "Serve the guest's metrics and the runtime's own at HOST:PORT, PORT (of 127.0.0.1; 0: a free one, "
                    "which is said) or unix:PATH: /metrics, for Prometheus")
        ->type_name("ADDR");
    run->add_option("--plug", options->plugs,
                    "A component that exports what MODULE, a component, or another plug imports, by the interface's "
                    "name")
        ->type_name("FILE")
        ->take_all()
        ->allow_extra_args(false);
    run->add_flag("--no-cache", options->no_cache, "Compile the module anew and keep nothing on disk");
    run->add_flag("--no-windows", request.no_windows,
                  "Give the guest copies in the place of the kernel's own memory, as engines do whose memory moves");
    run->callback([run, options, &exit_code] {
        order_statements(*run, options->policy);
        auto rest = run->remaining();
        if (rest.empty()) throw CLI::RequiredError("MODULE");
        if (rest.front().starts_with('-')) throw CLI::ExtrasError({rest.front()});
        options->request.module_and_arguments = std::move(rest);
        exit_code = run_with(*options);
    });
}

}  // namespace wasm_bpf::cli
