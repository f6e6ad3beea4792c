#pragma once
// Which privileges running a guest takes, and giving up the others.

#include <string>
#include <vector>

#include "policy/policy.hpp"
#include "runtime/capabilities.hpp"

namespace wasm_bpf::runtime {

// What decides it, beside the kernel's own rules for BPF.
struct PrivilegeNeeds {
    const policy::Policy& policy;
    bool reads_directories = false;   // the guest is given directories
    bool writes_directories = false;  // and may change what is in them
    CapabilitySet also{};             // asked for by name
};

// CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN and what the needs imply: the table in docs/policy.md.
[[nodiscard]] CapabilitySet needed_capabilities(const PrivilegeNeeds& needs);

// The set of those names. EINVAL where there is no such capability; kind missing_privilege where this process has not
// got it.
[[nodiscard]] Result<CapabilitySet> permitted_by_name(const std::vector<std::string>& names);

// Gives up every other privilege of the calling thread, for good; the command does so before the guest runs, and an
// embedder may. What is to be done first, with the privileges of old: whatever is opened that they are needed for.
// Locked memory is no longer limited (RLIMIT_MEMLOCK) where the process may lift that: kernels before 5.11 count maps
// by it, every kernel perf buffers. To be called while the process has one thread.
[[nodiscard]] Result<> give_up_privileges(const PrivilegeNeeds& needs);

}  // namespace wasm_bpf::runtime
