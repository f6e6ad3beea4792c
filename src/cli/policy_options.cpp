#include "cli/policy_options.hpp"

#include <cmath>

#include <fmt/format.h>

namespace wasm_bpf::cli {
namespace {

CLI::Option* add_list(CLI::App& command, const std::string& name, std::vector<std::string>& values, const char* type,
                      const std::string& help) {
    return command.add_option(name, values, help)->type_name(type)->take_all()->allow_extra_args(false);
}

}  // namespace

void add_policy_options(CLI::App& command, PolicyOptions& options) {
    add_list(command, "--dir", options.directories, "DIR", "Give the guest a directory: HOST[::GUEST][:ro]");
    add_list(command, "--env", options.environment, "NAME[=VALUE]",
             "Give the guest an environment variable, from here or with a value");
    command.add_option("--memory", options.memory_bytes, "The most linear memory for the guest, as 64MB; default 1GB")
        ->type_name("SIZE")
        ->transform(CLI::AsSizeValue(false))
        ->check(CLI::PositiveNumber);
    command.add_option("--timeout", options.timeout_s, "End the guest after so many seconds, with exit code 124")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.001, 1e6));
    command.add_option("--policy", options.file, "What the guest may do (TOML); see docs/policy.md")->type_name("FILE");
    add_list(command, "--allow", options.allowed, "RULE[=VALUE,...]",
             "Allow what the policy denies: all of a rule, or its values; or set a limit. Later ones win");
    add_list(command, "--deny", options.denied, "RULE[=VALUE,...]",
             "Deny what the policy allows, as `--deny attach.interfaces --allow attach.interfaces=eth0`");
    command.footer("The rules of --allow and --deny (`all`: every one but the limits), by name or pattern (*, ?):\n" +
                   policy::rules_help());
}

void order_statements(const CLI::App& command, PolicyOptions& options) {
    const CLI::Option* allow = command.get_option("--allow");
    const CLI::Option* deny = command.get_option("--deny");
    std::size_t allowed = 0;
    std::size_t denied = 0;
    for (const CLI::Option* option : command.parse_order()) {
        if (option == allow)
            options.statements.push_back({policy::Verdict::allow, options.allowed.at(allowed++)});
        else if (option == deny)
            options.statements.push_back({policy::Verdict::deny, options.denied.at(denied++)});
    }
}

Result<policy::Policy> policy_of(const PolicyOptions& options) {
    using policy::RuleId;
    auto policy = options.file.empty() ? Result<policy::Policy>(policy::Policy::command_default())
                                       : policy::Policy::read(options.file);
    if (!policy) return policy;
    for (const auto& [verdict, text] : options.statements) {
        auto said = verdict == policy::Verdict::allow ? policy->allow(text) : policy->deny(text);
        if (!said) return std::unexpected(std::move(said).error());
    }
    const auto allow = [&](RuleId rule, const std::string& value) { return policy->allow(rule, std::span(&value, 1)); };
    for (const std::string& text : options.directories)
        if (auto given = allow(RuleId::directories, text); !given) return std::unexpected(std::move(given).error());
    for (const std::string& text : options.environment)
        if (auto given = allow(RuleId::environment, text); !given) return std::unexpected(std::move(given).error());
    if (options.memory_bytes > 0) {
        // More than 4 GiB is as much as there is.
        const std::uint64_t most = policy::rule(RuleId::memory).most;
        const auto set = allow(RuleId::memory, fmt::format("{}", std::min(options.memory_bytes, most)));
        if (!set) return std::unexpected(set.error());
    }
    if (options.timeout_s > 0) {
        const auto set = allow(RuleId::time, fmt::format("{}ms", std::llround(options.timeout_s * 1000)));
        if (!set) return std::unexpected(set.error());
    }
    return policy;
}

}  // namespace wasm_bpf::cli
