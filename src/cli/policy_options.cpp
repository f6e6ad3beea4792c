#include "cli/policy_options.hpp"

#include <cmath>
#include <cstdlib>

#include "command/run_options.hpp"

namespace wasm_bpf::cli {
namespace {

using command::run_options::Option;

CLI::Option* add_list(CLI::App& app, const Option& option, std::vector<std::string>& values) {
    return app.add_option(option.name, values, option.help)
        ->type_name(option.value)
        ->take_all()
        ->allow_extra_args(false);
}

}  // namespace

void add_policy_options(CLI::App& app, PolicyOptions& options) {
    using namespace command::run_options;
    command::PolicyRequest& request = options.request;
    add_list(app, dir, request.directories);
    add_list(app, env, request.environment);
    app.add_option(memory.name, request.memory_bytes, memory.help)
        ->type_name(memory.value)
        ->transform(CLI::AsSizeValue(false))
        ->check(CLI::PositiveNumber);
    app.add_option(timeout.name, request.timeout_s, timeout.help)
        ->type_name(timeout.value)
        ->check(CLI::Range(0.001, 1e6))
        ->check([](const std::string& text) {
            return std::isnan(std::strtod(text.c_str(), nullptr)) ? "it is no number" : std::string();
        });
    app.add_option(policy_file.name, options.file, policy_file.help)->type_name(policy_file.value);
    add_list(app, allow, options.allowed);
    add_list(app, deny, options.denied);
    app.footer(std::string(rules_heading) + wasm_bpf::policy::rules_help());
}

void order_statements(const CLI::App& app, PolicyOptions& options) {
    const CLI::Option* allow = app.get_option("--allow");
    const CLI::Option* deny = app.get_option("--deny");
    std::size_t allowed = 0;
    std::size_t denied = 0;
    for (const CLI::Option* option : app.parse_order()) {
        if (option == allow)
            options.request.statements.push_back({policy::Verdict::allow, options.allowed.at(allowed++)});
        else if (option == deny)
            options.request.statements.push_back({policy::Verdict::deny, options.denied.at(denied++)});
    }
}

}  // namespace wasm_bpf::cli
