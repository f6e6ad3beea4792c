#pragma once
// What a guest may do. This part knows which BPF helpers may be called.

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::policy {

class Policy {
public:
    // What the command grants to a module that its user names: everything but the helpers that alter other processes or
    // the kernel's behaviour (docs/policy.md).
    static Policy command_default();

    // Grants what is denied by default. EINVAL where nothing of that name is.
    Result<> allow(std::string_view name);

    // Kind denied, naming the rule and the way to allow it, where a program may not call the helper (enum bpf_func_id).
    [[nodiscard]] Result<> check_helper(std::uint32_t helper) const;

private:
    std::set<std::uint32_t> denied_helpers_;
};

}  // namespace wasm_bpf::policy
