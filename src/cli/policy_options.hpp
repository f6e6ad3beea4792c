#pragma once
// The options of `wasm-bpf run` that say what the guest may do: --policy, --allow, --deny, and those with names of
// their own (--dir, --env, --memory, --timeout).

#include <cstdint>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "policy/policy.hpp"

namespace wasm_bpf::cli {

struct PolicyOptions {
    std::string file;
    struct Statement {
        policy::Verdict verdict;
        std::string text;
    };
    std::vector<Statement> statements;  // in the order of the command line
    std::vector<std::string> allowed;
    std::vector<std::string> denied;
    std::vector<std::string> directories;
    std::vector<std::string> environment;
    std::uint64_t memory_bytes = 0;  // 0: as the policy says
    double timeout_s = 0;            // the same
};

// `options` must outlive the command.
void add_policy_options(CLI::App& command, PolicyOptions& options);

// To be called in the command's callback: what --allow and --deny said, in their order.
void order_statements(const CLI::App& command, PolicyOptions& options);

// The policy file, or the command's default, then what the options say. An option goes before the file.
[[nodiscard]] Result<policy::Policy> policy_of(const PolicyOptions& options);

}  // namespace wasm_bpf::cli
