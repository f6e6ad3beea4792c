#include "runtime/privilege.hpp"

#include <linux/bpf.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>

#include <fmt/format.h>

#include "bpf/perf_event.hpp"
#include "bpf/privilege.hpp"
#include "bpf/uprobe_link.hpp"

namespace wasm_bpf::runtime {
namespace {

// Each row says what needs the capability and who asks for it; docs/policy.md has the same rows.
struct Row {
    int capability;
    bool (*needed)(const PrivilegeNeeds&);
};
using Needs = const PrivilegeNeeds&;
constexpr auto always = [](Needs) { return true; };

bool allows_uprobes(const policy::Policy& policy) {
    return policy.may_attach("uprobe") || policy.may_attach("uprobe_multi") || policy.may_attach("usdt");
}

// Probes and tracepoints are perf events too.
bool allows_perf_events(const policy::Policy& policy) {
    policy::AttachPlace place{};
    for (const char* kind : {"kprobe", "ksyscall", "tracepoint", "perf_event"}) {
        place.kind = kind;
        if (policy.check_attach(place)) return true;
    }
    return false;
}

constexpr Row rows[] = {
    // kernel/bpf/syscall.c: creating most maps, loading programs.
    {CAP_BPF, always},
    // kernel/bpf/syscall.c: is_perfmon_prog_type; kernel/events/core.c: perf_event_open of kernel events, kprobes and
    // uprobes, events of any process.
    {CAP_PERFMON, always},
    // kernel/bpf/syscall.c: is_net_admin_prog_type; rtnetlink's filters, queueing disciplines and routes.
    {CAP_NET_ADMIN, always},
    // Before Linux 5.8 the three above were this one.
    {CAP_SYS_ADMIN, [](Needs) { return !kernel_has_capability(CAP_BPF); }},
    // kernel/trace/bpf_trace.c: bpf_get_probe_write_proto.
    {CAP_SYS_ADMIN, [](Needs needs) { return needs.policy.check_helper(BPF_FUNC_probe_write_user).has_value(); }},
    // kernel/events/core.c: perf_uprobe_event_init; src/bpf/uprobe_link.hpp is how newer kernels do without.
    {CAP_SYS_ADMIN, [](Needs needs) { return !bpf::kernel_has_uprobe_multi() && allows_uprobes(needs.policy); }},
    // Debian's kernel/events/core.c: perf_event_open, where perf_event_paranoid is above 2.
    {CAP_SYS_ADMIN, [](Needs needs) { return bpf::perf_events_take_sys_admin() && allows_perf_events(needs.policy); }},
    // net/packet/af_packet.c: packet_create; net/ipv4/af_inet.c: inet_create for raw sockets.
    {CAP_NET_RAW, [](Needs needs) { return needs.policy.check_socket(AF_PACKET, SOCK_RAW).has_value(); }},
    {CAP_NET_RAW, [](Needs needs) { return needs.policy.check_socket(AF_INET, SOCK_RAW).has_value(); }},
    // kernel/ksyms_common.c: kallsyms_show_value, where kptr_restrict or perf_event_paranoid hides addresses.
    {CAP_SYSLOG, [](Needs needs) { return needs.policy.check_kernel_symbols().has_value(); }},
    // fs/namei.c: generic_permission. Root without these reaches only what root owns: not the home of the user who said
    // sudo.
    {CAP_DAC_READ_SEARCH, [](Needs needs) { return needs.reads_directories; }},
    {CAP_DAC_OVERRIDE, [](Needs needs) { return needs.writes_directories; }},
};

void lift_limit_of_locked_memory() {
    const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_MEMLOCK, &unlimited);
}

}  // namespace

CapabilitySet needed_capabilities(const PrivilegeNeeds& needs) {
    // In a user namespace of its own CAP_SYS_ADMIN is none of what the kernel asks of the machine's.
    const bool sys_admin_helps = bpf::in_initial_user_namespace();
    CapabilitySet needed = needs.also;
    for (const Row& row : rows)
        if (row.needed(needs) && (row.capability != CAP_SYS_ADMIN || sys_admin_helps)) needed.add(row.capability);
    return needed;
}

Result<CapabilitySet> permitted_by_name(const std::vector<std::string>& names) {
    const CapabilitySet permitted = CapabilitySet::permitted();
    CapabilitySet named;
    for (const std::string& name : names) {
        const auto capability = capability_by_name(name);
        if (!capability) return std::unexpected(capability.error());
        named.add(*capability);
    }
    if (const CapabilitySet missing = named.without(permitted); !missing.empty())
        return fail(EPERM, fmt::format("this process lacks {}: it cannot be kept", missing.text()),
                    ErrorKind::missing_privilege);
    return named;
}

Result<> give_up_privileges(const PrivilegeNeeds& needs) {
    lift_limit_of_locked_memory();
    return keep_only(needed_capabilities(needs));
}

}  // namespace wasm_bpf::runtime
