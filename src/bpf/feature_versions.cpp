#include "bpf/feature_versions.hpp"

#include <linux/bpf.h>
#include <linux/version.h>

#include <algorithm>
#include <cstdio>
#include <span>

namespace wasm_bpf::bpf {
namespace {

// The first number that each Linux added. The kernel only appends to these enumerations (include/uapi/linux/bpf.h), so
// that all from there up to the next row's came with it. The releases: docs/kernel-versions.md of
// https://github.com/iovisor/bcc (commit 6d0a964c2cda), which names each feature's commit; from 6.2 on the kernel's own
// history of that header. What is older than 5.2, the first kernel with BTF of its own, is one row, and needs no text.
struct First {
    std::uint32_t number;
    const char* kernel;
};
constexpr First helpers[] = {
    {BPF_FUNC_map_lookup_elem, "3.19"},
    {BPF_FUNC_skc_lookup_tcp, "5.2"},
    {BPF_FUNC_send_signal, "5.3"},
    {BPF_FUNC_skb_output, "5.5"},
    {BPF_FUNC_read_branch_records, "5.6"},
    {BPF_FUNC_get_ns_current_pid_tgid, "5.7"},
    {BPF_FUNC_ktime_get_boot_ns, "5.8"},
    {BPF_FUNC_skc_to_tcp6_sock, "5.9"},
    {BPF_FUNC_load_hdr_opt, "5.10"},
    {BPF_FUNC_task_storage_get, "5.11"},
    {BPF_FUNC_check_mtu, "5.12"},
    {BPF_FUNC_for_each_map_elem, "5.13"},
    {BPF_FUNC_sys_bpf, "5.14"},
    {BPF_FUNC_timer_init, "5.15"},
    {BPF_FUNC_get_branch_snapshot, "5.16"},
    {BPF_FUNC_find_vma, "5.17"},
    {BPF_FUNC_get_retval, "5.18"},
    {BPF_FUNC_kptr_xchg, "5.19"},
    {BPF_FUNC_tcp_raw_gen_syncookie_ipv4, "6.0"},
    {BPF_FUNC_ktime_get_tai_ns, "6.1"},
    {BPF_FUNC_cgrp_storage_get, "6.2"},
};
constexpr First map_types[] = {
    {BPF_MAP_TYPE_HASH, "3.19"},         {BPF_MAP_TYPE_SK_STORAGE, "5.2"},    {BPF_MAP_TYPE_DEVMAP_HASH, "5.4"},
    {BPF_MAP_TYPE_STRUCT_OPS, "5.6"},    {BPF_MAP_TYPE_RINGBUF, "5.8"},       {BPF_MAP_TYPE_INODE_STORAGE, "5.10"},
    {BPF_MAP_TYPE_TASK_STORAGE, "5.11"}, {BPF_MAP_TYPE_BLOOM_FILTER, "5.16"}, {BPF_MAP_TYPE_USER_RINGBUF, "6.1"},
    {BPF_MAP_TYPE_CGRP_STORAGE, "6.2"},  {BPF_MAP_TYPE_ARENA, "6.9"},         {BPF_MAP_TYPE_INSN_ARRAY, "6.19"},
};
constexpr First program_types[] = {
    {BPF_PROG_TYPE_SOCKET_FILTER, "3.19"}, {BPF_PROG_TYPE_CGROUP_SYSCTL, "5.2"}, {BPF_PROG_TYPE_CGROUP_SOCKOPT, "5.3"},
    {BPF_PROG_TYPE_TRACING, "5.5"},        {BPF_PROG_TYPE_STRUCT_OPS, "5.6"},    {BPF_PROG_TYPE_LSM, "5.7"},
    {BPF_PROG_TYPE_SK_LOOKUP, "5.9"},      {BPF_PROG_TYPE_SYSCALL, "5.14"},      {BPF_PROG_TYPE_NETFILTER, "6.4"},
};
constexpr First attach_types[] = {
    {BPF_CGROUP_INET_INGRESS, "4.10"},
    {BPF_CGROUP_SYSCTL, "5.2"},
    {BPF_CGROUP_GETSOCKOPT, "5.3"},
    {BPF_TRACE_RAW_TP, "5.5"},
    {BPF_MODIFY_RETURN, "5.7"},
    {BPF_TRACE_ITER, "5.8"},
    {BPF_CGROUP_INET_SOCK_RELEASE, "5.9"},
    {BPF_SK_SKB_VERDICT, "5.13"},
    {BPF_SK_REUSEPORT_SELECT, "5.14"},
    {BPF_PERF_EVENT, "5.15"},
    {BPF_TRACE_KPROBE_MULTI, "5.18"},
    {BPF_LSM_CGROUP, "6.0"},
    {BPF_STRUCT_OPS, "6.4"},
    {BPF_TCX_INGRESS, "6.6"},
    {BPF_CGROUP_UNIX_CONNECT, "6.7"},
    {BPF_TRACE_KPROBE_SESSION, "6.10"},
    {BPF_TRACE_UPROBE_SESSION, "6.13"},
    {BPF_TRACE_FSESSION, "7.0"},
};
static_assert(std::ranges::is_sorted(helpers, {}, &First::number));
static_assert(std::ranges::is_sorted(map_types, {}, &First::number));
static_assert(std::ranges::is_sorted(program_types, {}, &First::number));
static_assert(std::ranges::is_sorted(attach_types, {}, &First::number));

// Nothing for what is older than the table, or newer: `end` is the first number that the header has not.
std::string since(std::span<const First> table, std::uint32_t number, std::uint32_t end) {
    const auto after = std::ranges::upper_bound(table, number, {}, &First::number);
    return after - table.begin() < 2 || number >= end ? "" : (after - 1)->kernel;
}

}  // namespace

std::string helper_since(std::uint32_t helper) { return since(helpers, helper, __BPF_FUNC_MAX_ID); }
std::string map_type_since(std::uint32_t type) { return since(map_types, type, __MAX_BPF_MAP_TYPE); }
std::string program_type_since(std::uint32_t type) { return since(program_types, type, __MAX_BPF_PROG_TYPE); }
std::string attach_type_since(std::uint32_t type) { return since(attach_types, type, __MAX_BPF_ATTACH_TYPE); }

bool is_since(std::uint32_t kernel_version, const std::string& since) {
    unsigned major = 0, minor = 0;
    if (std::sscanf(since.c_str(), "%u.%u", &major, &minor) != 2) return true;
    return kernel_version >= KERNEL_VERSION(major, minor, 0);
}

}  // namespace wasm_bpf::bpf
