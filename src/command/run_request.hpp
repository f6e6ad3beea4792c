#pragma once
// What a command line asks for that runs a guest.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "policy/policy.hpp"
#include "runtime/guest.hpp"

namespace wasm_bpf::command {

// What the guest may do: options, which go before what a policy says.
struct PolicyRequest {
    policy::Policy base = policy::Policy::command_default();
    struct Statement {
        policy::Verdict verdict;
        std::string text;
    };
    std::vector<Statement> statements;  // --allow and --deny, in the order of the command line
    std::vector<std::string> directories;
    std::vector<std::string> environment;
    std::uint64_t memory_bytes = 0;  // 0: as the policy says
    double timeout_s = 0;            // the same
};

// The base, then what the options say.
[[nodiscard]] Result<policy::Policy> policy_of(const PolicyRequest& request);

enum class Cache { none, kernel_types, all };

struct RunRequest {
    PolicyRequest policy;
    std::vector<std::string> kept_capabilities;
    std::string btf_path;
    std::string token_path;
    Cache cache = Cache::all;
    bool no_windows = false;
    std::vector<std::string> module_and_arguments;

    // The engine that runs it.
    Result<std::unique_ptr<engine::Engine>> (*make_engine)() = nullptr;
    // What is run instead of the module of that file, where it is more than the file; made without privileges.
    std::function<Result<std::string>(std::span<const std::byte> module)> compose;
    // What is there besides while the guest runs, and ends after it.
    std::function<Result<std::shared_ptr<void>>(runtime::Guest& guest)> beside;
};

}  // namespace wasm_bpf::command
