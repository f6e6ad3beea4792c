#pragma once
// What a guest may do: the one place that says yes or no. host_api/ asks before it acts; every denial is an Error of
// kind denied that names the rule and the way to allow it.

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::policy {

// A place where a guest wants a program attached; what does not apply is empty.
struct AttachPlace {
    std::string_view kind;  // "kprobe", "uprobe", "tracepoint", "xdp", "tcx", "cgroup", …: bpf::attach_kind_name()
    std::string_view
        function;             // kernel function, tracepoint as "category/name", function in a binary, LSM hook, pattern
    std::string_view binary;  // path
    std::string_view interface;  // name
    std::string_view cgroup;     // path
};

// A value; copies are independent. Used by one thread at a time.
class Policy {
public:
    // What the command grants to a module that its user names: everything but the helpers that alter other processes or
    // the kernel's behaviour (docs/policy.md).
    static Policy command_default();

    // Grants what is denied by default. EINVAL where nothing of that name is.
    Result<> allow(std::string_view name);

    // Each: kind denied where the guest may not.
    [[nodiscard]] Result<> check_helper(std::uint32_t helper) const;                  // enum bpf_func_id
    [[nodiscard]] Result<> check_kfunc(std::string_view name) const;                  // called by a program
    [[nodiscard]] Result<> check_program_type(std::uint32_t type) const;              // enum bpf_prog_type
    [[nodiscard]] Result<> check_map(std::uint32_t type, std::uint64_t bytes) const;  // one map, before it is made
    [[nodiscard]] Result<> check_attach(const AttachPlace& place) const;
    [[nodiscard]] Result<> check_pin(std::string_view path) const;   // pin, unpin, open_pinned
    [[nodiscard]] Result<> check_read(std::string_view path) const;  // BTF file, token path
    [[nodiscard]] Result<> check_perf_event(std::uint32_t type, int pid, int cpu) const;
    [[nodiscard]] Result<> check_kernel_symbols() const;
    [[nodiscard]] Result<> check_socket(std::uint32_t family, std::uint32_t type) const;

private:
    std::set<std::uint32_t> denied_helpers_;
};

}  // namespace wasm_bpf::policy
