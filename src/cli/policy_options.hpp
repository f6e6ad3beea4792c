#pragma once
// The options of `wasm-bpf run` that say what the guest may do: --policy, --allow, --deny, and those with names of
// their own (--dir, --env, --memory, --timeout).

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "command/run_request.hpp"

namespace wasm_bpf::cli {

struct PolicyOptions {
    std::string file;
    command::PolicyRequest request;  // its statements come by order_statements()
    std::vector<std::string> allowed;
    std::vector<std::string> denied;
};

// `options` must outlive the command.
void add_policy_options(CLI::App& app, PolicyOptions& options);

// To be called in the command's callback: what --allow and --deny said, in their order.
void order_statements(const CLI::App& app, PolicyOptions& options);

}  // namespace wasm_bpf::cli
