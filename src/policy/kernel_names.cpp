#include "policy/kernel_names.hpp"

#include <linux/bpf.h>
#include <sys/socket.h>

#include <array>

#include <fmt/format.h>

namespace wasm_bpf::policy {
namespace {

constexpr std::string_view program_type_names[] = {
    "",
    "socket_filter",
    "kprobe",
    "sched_cls",
    "sched_act",
    "tracepoint",
    "xdp",
    "perf_event",
    "cgroup_skb",
    "cgroup_sock",
    "lwt_in",
    "lwt_out",
    "lwt_xmit",
    "sock_ops",
    "sk_skb",
    "cgroup_device",
    "sk_msg",
    "raw_tracepoint",
    "cgroup_sock_addr",
    "lwt_seg6local",
    "lirc_mode2",
    "sk_reuseport",
    "flow_dissector",
    "cgroup_sysctl",
    "raw_tracepoint_writable",
    "cgroup_sockopt",
    "tracing",
    "struct_ops",
    "ext",
    "lsm",
    "sk_lookup",
    "syscall",
    "netfilter",
};
static_assert(program_type_names[BPF_PROG_TYPE_SYSCALL] == "syscall");

constexpr std::string_view map_type_names[] = {
    "",
    "hash",
    "array",
    "prog_array",
    "perf_event_array",
    "percpu_hash",
    "percpu_array",
    "stack_trace",
    "cgroup_array",
    "lru_hash",
    "lru_percpu_hash",
    "lpm_trie",
    "array_of_maps",
    "hash_of_maps",
    "devmap",
    "sockmap",
    "cpumap",
    "xskmap",
    "sockhash",
    "cgroup_storage",
    "reuseport_sockarray",
    "percpu_cgroup_storage",
    "queue",
    "stack",
    "sk_storage",
    "devmap_hash",
    "struct_ops",
    "ringbuf",
    "inode_storage",
    "task_storage",
    "bloom_filter",
    "user_ringbuf",
    "cgrp_storage",
    "arena",
    "insn_array",
};
static_assert(map_type_names[BPF_MAP_TYPE_USER_RINGBUF] == "user_ringbuf");
static_assert(map_type_names[BPF_MAP_TYPE_DEVMAP_HASH] == "devmap_hash");

#define WASM_BPF_HELPER_NAME(name) "bpf_" #name
constexpr std::string_view header_helper_names[] = {__BPF_FUNC_MAPPER(WASM_BPF_HELPER_NAME)};
#undef WASM_BPF_HELPER_NAME
constexpr std::size_t header_helpers = std::size(header_helper_names);
// The last helpers that the kernel got, which an older header does not have.
constexpr std::string_view later_helpers[] = {"bpf_user_ringbuf_drain", "bpf_cgrp_storage_get",
                                              "bpf_cgrp_storage_delete"};
constexpr std::uint32_t first_later_helper = 209;
constexpr auto helper_names = [] {
    std::array<std::string_view, first_later_helper + std::size(later_helpers)> names;
    for (std::size_t i = 0; i < names.size(); i++)
        names[i] = i < first_later_helper ? header_helper_names[i] : later_helpers[i - first_later_helper];
    names[0] = "";
    return names;
}();
static_assert(header_helpers >= first_later_helper && helper_names[BPF_FUNC_sys_bpf] == "bpf_sys_bpf");

constexpr std::string_view perf_event_type_names[] = {"hardware", "software", "tracepoint",
                                                      "hw_cache", "raw",      "breakpoint"};

constexpr auto socket_family_names = [] {
    std::array<std::string_view, AF_PACKET + 1> names{};
    names[AF_INET] = "inet";
    names[AF_INET6] = "inet6";
    names[AF_PACKET] = "packet";
    return names;
}();

}  // namespace

std::span<const std::string_view> program_types() { return program_type_names; }
std::span<const std::string_view> map_types() { return map_type_names; }
std::span<const std::string_view> helpers() { return helper_names; }
std::span<const std::string_view> perf_event_types() { return perf_event_type_names; }
std::span<const std::string_view> socket_families() { return socket_family_names; }

std::string name_of(std::span<const std::string_view> names, std::uint32_t number) {
    if (number < names.size() && !names[number].empty()) return std::string(names[number]);
    return fmt::format("#{}", number);
}

}  // namespace wasm_bpf::policy
