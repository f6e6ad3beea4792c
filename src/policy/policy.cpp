#include "policy/policy.hpp"

#include <linux/bpf.h>

#include <cerrno>

#include <fmt/format.h>

namespace wasm_bpf::policy {
namespace {

struct GuardedHelper {
    std::uint32_t id;  // enum bpf_func_id
    std::string_view name;
    std::string_view effect;
};
constexpr GuardedHelper guarded_helpers[] = {
    {BPF_FUNC_probe_write_user, "bpf_probe_write_user", "writes to the memory of other processes"},
    {BPF_FUNC_override_return, "bpf_override_return", "makes kernel functions return what the program says"},
    {BPF_FUNC_send_signal, "bpf_send_signal", "sends signals to other processes"},
    {BPF_FUNC_send_signal_thread, "bpf_send_signal_thread", "sends signals to other processes"},
    {BPF_FUNC_sys_bpf, "bpf_sys_bpf", "loads and attaches programs that this policy has not seen"},
    {BPF_FUNC_sys_close, "bpf_sys_close", "closes file descriptors of the host"},
};

}  // namespace

Policy Policy::command_default() {
    Policy policy;
    for (const GuardedHelper& helper : guarded_helpers) policy.denied_helpers_.insert(helper.id);
    return policy;
}

Result<> Policy::allow(std::string_view name) {
    std::string known;
    for (const GuardedHelper& helper : guarded_helpers) {
        if (helper.name == name) {
            denied_helpers_.erase(helper.id);
            return {};
        }
        known += fmt::format("{}{}", known.empty() ? "" : ", ", helper.name);
    }
    return fail(EINVAL, fmt::format("--allow {}: there is no such rule; there are {}", name, known));
}

Result<> Policy::check_helper(std::uint32_t id) const {
    if (!denied_helpers_.contains(id)) return {};
    for (const GuardedHelper& helper : guarded_helpers)
        if (helper.id == id)
            return fail(EPERM,
                        fmt::format("denied by the policy: {}, which {}; allow it with --allow {}", helper.name,
                                    helper.effect, helper.name),
                        ErrorKind::denied);
    return {};
}

Result<> Policy::check_kfunc(std::string_view) const { return {}; }
Result<> Policy::check_program_type(std::uint32_t) const { return {}; }
Result<> Policy::check_map(std::uint32_t, std::uint64_t) const { return {}; }
Result<> Policy::check_attach(const AttachPlace&) const { return {}; }
Result<> Policy::check_pin(std::string_view) const { return {}; }
Result<> Policy::check_read(std::string_view) const { return {}; }
Result<> Policy::check_perf_event(std::uint32_t, int, int) const { return {}; }
Result<> Policy::check_kernel_symbols() const { return {}; }
Result<> Policy::check_socket(std::uint32_t, std::uint32_t) const { return {}; }

}  // namespace wasm_bpf::policy
