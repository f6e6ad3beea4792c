#include "bpf/privilege.hpp"

#include <linux/bpf.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>

namespace wasm_bpf::bpf {
namespace {

// kernel/bpf/syscall.c: is_perfmon_prog_type, is_net_admin_prog_type.
constexpr std::array perfmon_types = {
    BPF_PROG_TYPE_KPROBE,  BPF_PROG_TYPE_TRACEPOINT, BPF_PROG_TYPE_PERF_EVENT, BPF_PROG_TYPE_RAW_TRACEPOINT,
    BPF_PROG_TYPE_TRACING, BPF_PROG_TYPE_LSM,        BPF_PROG_TYPE_STRUCT_OPS, BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE,
    BPF_PROG_TYPE_EXT,
};
constexpr std::array net_admin_types = {
    BPF_PROG_TYPE_SCHED_CLS,     BPF_PROG_TYPE_SCHED_ACT,        BPF_PROG_TYPE_XDP,
    BPF_PROG_TYPE_LWT_IN,        BPF_PROG_TYPE_LWT_OUT,          BPF_PROG_TYPE_LWT_XMIT,
    BPF_PROG_TYPE_LWT_SEG6LOCAL, BPF_PROG_TYPE_SK_SKB,           BPF_PROG_TYPE_SK_MSG,
    BPF_PROG_TYPE_CGROUP_DEVICE, BPF_PROG_TYPE_FLOW_DISSECTOR,   BPF_PROG_TYPE_CGROUP_SKB,
    BPF_PROG_TYPE_CGROUP_SOCK,   BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_PROG_TYPE_CGROUP_SOCKOPT,
    BPF_PROG_TYPE_CGROUP_SYSCTL, BPF_PROG_TYPE_SOCK_OPS,         BPF_PROG_TYPE_EXT,
    BPF_PROG_TYPE_SK_LOOKUP,     BPF_PROG_TYPE_NETFILTER,
};

std::atomic<std::uint64_t> given_up{0};

}  // namespace

bool has_capability(int capability) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
    if (::syscall(SYS_capget, &header, sets.data()) != 0) return false;
    return (sets[CAP_TO_INDEX(capability)].effective & CAP_TO_MASK(capability)) != 0;
}

bool in_initial_user_namespace() {
    constexpr ino_t initial = 0xEFFFFFFD;  // linux/proc_ns.h: PROC_USER_INIT_INO
    struct stat status{};
    return ::stat("/proc/self/ns/user", &status) != 0 || status.st_ino == initial;
}

std::string missing_capabilities(std::uint32_t program_type, AskedIn asked_in) {
    const bool count = asked_in == AskedIn::own_namespace || in_initial_user_namespace();
    if (count && has_capability(CAP_SYS_ADMIN)) return {};
    std::string missing;
    const auto need = [&](int capability, const char* name) {
        if (!count || !has_capability(capability)) missing.append(missing.empty() ? "" : " and ").append(name);
    };
    need(CAP_BPF, "CAP_BPF");
    if (std::ranges::count(perfmon_types, program_type)) need(CAP_PERFMON, "CAP_PERFMON");
    if (std::ranges::count(net_admin_types, program_type)) need(CAP_NET_ADMIN, "CAP_NET_ADMIN");
    return missing;
}

Error missing_privilege(const std::string& capabilities) {
    if (!in_initial_user_namespace())
        return {EPERM,
                "this process lacks " + capabilities +
                    " outside of its user namespace: run with sudo there, or name a BPF file system that gives tokens "
                    "by --token PATH",
                ErrorKind::missing_privilege};
    return {EPERM, "this process lacks " + capabilities + ": run with sudo", ErrorKind::missing_privilege};
}

Error missing_beside_token(const std::string& capabilities) {
    return {EPERM, "this process lacks " + capabilities + " in its user namespace, which its BPF token does not give",
            ErrorKind::missing_privilege};
}

void note_given_up(std::uint64_t capabilities) { given_up |= capabilities; }

std::string would_help(int capability, const char* name) {
    if (has_capability(capability)) return {};
    const bool had = (given_up >> capability & 1) != 0;
    return std::string("; ") + name + " would help: run with " +
           (had ? "--keep-capability " : "sudo and --keep-capability ") + name;
}

}  // namespace wasm_bpf::bpf
