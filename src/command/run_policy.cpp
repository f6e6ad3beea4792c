#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "command/run_request.hpp"

namespace wasm_bpf::command {

Result<policy::Policy> policy_of(const PolicyRequest& request) {
    using policy::RuleId;
    policy::Policy policy = request.base;
    for (const auto& [verdict, text] : request.statements) {
        auto said = verdict == policy::Verdict::allow ? policy.allow(text) : policy.deny(text);
        if (!said) return std::unexpected(std::move(said).error());
    }
    const auto allow = [&](RuleId rule, const std::string& value) { return policy.allow(rule, std::span(&value, 1)); };
    for (const std::string& text : request.directories)
        if (auto given = allow(RuleId::directories, text); !given) return std::unexpected(std::move(given).error());
    for (const std::string& text : request.environment)
        if (auto given = allow(RuleId::environment, text); !given) return std::unexpected(std::move(given).error());
    if (request.memory_bytes > 0) {
        // More than 4 GiB is as much as there is.
        const std::uint64_t most = policy::rule(RuleId::memory).most;
        const auto set = allow(RuleId::memory, fmt::format("{}", std::min(request.memory_bytes, most)));
        if (!set) return std::unexpected(set.error());
    }
    if (request.timeout_s > 0) {
        const auto set =
            allow(RuleId::time, fmt::format("{}ms", static_cast<std::uint64_t>(request.timeout_s * 1000 + 0.5)));
        if (!set) return std::unexpected(set.error());
    }
    return policy;
}

}  // namespace wasm_bpf::command
