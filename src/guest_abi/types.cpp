#include "guest_abi/types.hpp"

namespace wasm_bpf::guest_abi {
namespace {

using enum MemberType;

constexpr Value host_feature[] = {
    {"HOST_WINDOWS", 1, "map_window, and windows of rings"},
    {"HOST_ARENA", 2, "windows of arenas, in which the kernel's pointers are the guest's"},
};

constexpr Value signal_action[] = {
    {"SIGNAL_AS_IT_IS", -1, "changes nothing"},
    {"SIGNAL_DEFAULT", 0},
    {"SIGNAL_IGNORE", 1},
    {"SIGNAL_HANDLE", 2},
    {"SIGNAL_HANDLE_AND_RESTART", 3, "a read that it interrupts goes on afterwards: SA_RESTART"},
};

constexpr Value signal_mask[] = {
    {"SIGNAL_BLOCK", 0},
    {"SIGNAL_UNBLOCK", 1},
    {"SIGNAL_SET_MASK", 2},
};

constexpr Value longest[] = {
    {"FOR_EVER", -1, "signal_wait: its timeout"},
    {"ALARM_AS_IT_IS", -1, "signal_alarm: changes nothing"},
};

constexpr Value btf_query_kind[] = {
    {"BTF_TYPE", 1, "name; type_kind: BTF_KIND_* of linux/btf.h, 0: any"},
    {"BTF_FIELD", 2, "name: a struct or union; member: a field, or a path as \"a.b\""},
    {"BTF_FUNCTION", 3, "name"},
    {"BTF_ENUM_VALUE", 4, "name: an enum, or none: in any; member: the enumerator"},
};

constexpr Member btf_query[] = {
    {u32, "size"},
    {u32, "kind", "enum wasm_bpf_btf_query_kind"},
    {u32, "type_kind"},
    {pointer, "name"},
    {u32, "name_size"},
    {pointer, "member"},
    {u32, "member_size"},
    {pointer, "module", "of the kernel, as \"nf_conntrack\"; none: the kernel itself"},
    {u32, "module_size"},
    {u32, "type_id"},
    {u32, "found_kind", "BTF_KIND_* of the type, the field's type or the function"},
    {u32, "bit_offset", "of the field in the outermost struct"},
    {u32, "bit_size", "of the field where it is a bit field; else 0"},
    {u32, "byte_size", "of the type or the field's type; 0 where it has none"},
    {i64, "value", "of the enumerator"},
};

constexpr Member interface_xdp[] = {
    {u64, "features", "enum netdev_xdp_act of linux/netdev.h; 0 where the kernel does not say"},
    {u32, "zero_copy_max_segments"},
    {u32, "attach_mode", "XDP_ATTACHED_* of linux/if_link.h"},
};

constexpr Value feature_kind[] = {
    {"FEATURE_PROGRAM_TYPE", 1, "type: enum bpf_prog_type"},
    {"FEATURE_MAP_TYPE", 2, "type: enum bpf_map_type"},
    {"FEATURE_HELPER", 3, "helper: enum bpf_func_id, in programs of the type"},
};

constexpr Member kernel_symbol[] = {
    {u64, "address", "where the symbol begins"},
    {text, "name", "terminated", 128},
    {text, "module", "terminated; empty: the kernel itself", 64},
};

constexpr Value pinned_kind[] = {
    {"PINNED_MAP", 1},
    {"PINNED_LINK", 2},
};

constexpr Member object_options[] = {
    {u32, "size"},
    {pointer, "name"},
    {u32, "name_size"},
    {pointer, "pin_root", "folder for maps that ask to be pinned by name; policy: pins"},
    {u32, "pin_root_size"},
    {pointer, "btf_path", "a BTF file of the host; policy: files"},
    {u32, "btf_path_size"},
    {pointer, "token_path", "a BPF file system of the host that gives tokens; policy: files"},
    {u32, "token_path_size"},
    {pointer, "kconfig", "more lines of kernel configuration, as \"CONFIG_HZ=100\""},
    {u32, "kconfig_size"},
    {u32, "kernel_log_level", "of the verifier, 0: none; program_log gives the log"},
    {u32, "relaxed_maps", "1: map attributes that libbpf does not know are no error"},
    {u32, "reserved"},
};

constexpr Member map_info[] = {
    {u32, "type", "enum bpf_map_type"},
    {u32, "key_size"},
    {u32, "value_size"},
    {u32, "value_bytes", "what one element operation moves: per-CPU maps move round_up(value_size, 8) x CPUs"},
    {u32, "max_entries"},
    {u32, "map_flags"},
    {u32, "window_bytes", "of guest memory that its window takes, a multiple of 4096; 0: it has none"},
    {u32, "read_only", "1: its window is read-only once the object is loaded"},
    {u32, "global_data", "1: .data, .bss, .rodata or .kconfig"},
    {u32, "data_bytes", "bytes of its initial value; 0: none"},
    {text, "name", "terminated", 64},
    {u64, "map_extra"},
    {u32, "id", "the kernel's; 0 before load"},
    {u32, "numa_node"},
    {u32, "btf_key_type_id"},
    {u32, "btf_value_type_id"},
    {u32, "interface_index"},
    {u32, "autocreate"},
    {u32, "autoattach", "of struct_ops"},
    {u32, "pinned"},
    {u32, "data_offset", "of an arena's global variables in its window, once the object is loaded"},
    {u32, "handles", "bits of enum wasm_bpf_handles: which parts of its elements are handles"},
};

constexpr Value handles[] = {
    {"HANDLES_KEY", 1},
    {"HANDLES_VALUE", 2, "the value's first 4 bytes"},
    {"HANDLES_SECOND", 4, "the 4 bytes after them, or 0: a program's, where values have 8"},
};

constexpr Value map_field[] = {
    {"MAP_MAX_ENTRIES", 1}, {"MAP_TYPE", 2},      {"MAP_KEY_SIZE", 3}, {"MAP_VALUE_SIZE", 4}, {"MAP_AUTOCREATE", 5},
    {"MAP_FLAGS", 6},       {"MAP_NUMA_NODE", 7}, {"MAP_EXTRA", 8},    {"MAP_INTERFACE", 9},  {"MAP_AUTOATTACH", 10},
};

constexpr Member map_create_options[] = {
    {u32, "size"},
    {u32, "type", "enum bpf_map_type"},
    {u32, "key_size"},
    {u32, "value_size"},
    {u32, "max_entries"},
    {u32, "map_flags"},
    {u64, "map_extra"},
    {pointer, "name"},
    {u32, "name_size"},
    {handle, "inner", "of a map of maps: an example of its inner maps"},
    {u32, "numa_node"},
    {u32, "interface_index"},
    {handle, "btf_object", "whose BTF the type ids are of; 0: no types"},
    {u32, "btf_key_type_id"},
    {u32, "btf_value_type_id"},
};

constexpr Member program_info[] = {
    {u32, "type", "enum bpf_prog_type"},
    {u32, "autoload"},
    {u32, "needs_target", "1: its section does not say where to attach it"},
    {u32, "expected_attach_type"},
    {text, "name", "terminated", 64},
    {text, "section", "terminated", 128},
    {u32, "flags"},
    {u32, "autoattach"},
    {u32, "log_level"},
    {u32, "id", "the kernel's; 0 before load"},
    {u32, "instruction_count"},
    {u32, "reserved"},
};

constexpr Value code_info_kind[] = {
    {"CODE_FUNCTIONS", 1, "struct bpf_func_info of linux/bpf.h"},
    {"CODE_LINES", 2, "struct bpf_line_info"},
};

constexpr Value program_field[] = {
    {"PROGRAM_AUTOLOAD", 1}, {"PROGRAM_AUTOATTACH", 2}, {"PROGRAM_TYPE", 3},      {"PROGRAM_EXPECTED_ATTACH_TYPE", 4},
    {"PROGRAM_FLAGS", 5},    {"PROGRAM_LOG_LEVEL", 6},  {"PROGRAM_INTERFACE", 7},
};

constexpr Value attach_kind[] = {
    {"ATTACH_AUTO", 0, "by the section's name alone"},
    {"ATTACH_KPROBE", 1, "name, offset, flags: RETURN"},
    {"ATTACH_UPROBE", 2, "path, name (or none), offset, ref_ctr_offset, pid, flags: RETURN"},
    {"ATTACH_TRACEPOINT", 3, "path: category; name"},
    {"ATTACH_RAW_TRACEPOINT", 4, "name"},
    {"ATTACH_CGROUP", 5, "handle of cgroup_open, or path; from Linux 6.17 on also as TCX"},
    {"ATTACH_XDP", 6, "interface, flags: XDP_FLAGS_*"},
    {"ATTACH_TCX", 7, "interface; flags: BPF_F_BEFORE, AFTER, …; relative_*, expected_revision"},
    {"ATTACH_TC", 8, "interface, flags: BPF_TC_INGRESS or BPF_TC_EGRESS, tc_handle, priority"},
    {"ATTACH_SOCKET", 9, "handle of socket_open: its filter; sk_reuseport: its group's choice"},
    {"ATTACH_BY_SECTION", 10, "path: interface, cgroup or \"path:function\", as the section needs"},
    {"ATTACH_KPROBE_MULTI", 11, "name: pattern, or names or addresses; cookies; flags: RETURN, SESSION, UNIQUE"},
    {"ATTACH_UPROBE_MULTI", 12, "path; name: pattern, or names or offsets; cookies, ref_ctr_offsets; pid; flags"},
    {"ATTACH_KSYSCALL", 13, "name: system call; flags: RETURN"},
    {"ATTACH_USDT", 14, "path, provider, name, pid"},
    {"ATTACH_PERF_EVENT", 15, "handle of perf_event_open; flags: LEAVE_DISABLED"},
    {"ATTACH_TRACE", 16, "fentry, fexit, fmod_ret, tp_btf, lsm: by section or set_attach_target; cookie"},
    {"ATTACH_FREPLACE", 17, "handle of a loaded program and name, its function; neither: as when loaded"},
    {"ATTACH_ITERATOR", 18, "handle of a map or cgroup, order; or pid or tid; or none"},
    {"ATTACH_NETKIT", 19, "as TCX"},
    {"ATTACH_NETFILTER", 20, "protocol_family, hook, priority, flags: BPF_F_NETFILTER_IP_DEFRAG"},
    {"ATTACH_NETNS", 21, "handle of network_namespace_open, or 0: the host's own"},
    {"ATTACH_SOCKMAP", 22, "handle of a sockmap or sockhash"},
    {"ATTACH_LIRC", 23, "path of the device"},
    {"ATTACH_ROUTE", 24,
     "lwt_*: name: destination as \"10.0.0.0/8\", interface, path: gateway or none; makes the route, which goes with "
     "the link"},
};

constexpr Value attach_flags[] = {
    {"ATTACH_RETURN", 1, "when the function returns"},
    {"ATTACH_SESSION", 2, "at both ends, if the program says so at the first"},
    {"ATTACH_UNIQUE", 4, "the pattern must match one function alone"},
    {"ATTACH_LEAVE_DISABLED", 8, "does not enable the event"},
};

constexpr Member attach_options[] = {
    {u32, "size"},
    {u32, "kind", "enum wasm_bpf_attach_kind"},
    {u64, "cookie"},
    {u64, "offset"},
    {pointer, "path"},
    {u32, "path_size"},
    {pointer, "name"},
    {u32, "name_size"},
    {i32, "pid", "uprobe: -1 every process, 0 the host's own"},
    {i32, "interface_index"},
    {u32, "flags"},
    {handle, "handle"},
    {u32, "tc_handle"},
    {u32, "priority", "netfilter: a signed number"},
    {u64, "ref_ctr_offset"},
    {u64, "expected_revision"},
    {handle, "relative", "a program or link of this guest's, before or after which to attach"},
    {u32, "relative_id", "the kernel's id of one, instead"},
    {pointer, "provider", "usdt"},
    {u32, "provider_size"},
    {pointer, "names", "multi: `count` terminated texts, one after another"},
    {u32, "names_size"},
    {pointer, "addresses", "kprobe multi: uint64_t[count]; uprobe multi: offsets in the file"},
    {pointer, "cookies", "multi: uint64_t[count]"},
    {pointer, "ref_ctr_offsets", "uprobe multi: uint64_t[count]"},
    {u32, "count", "multi: of each of the four lists that is given"},
    {u32, "protocol_family", "netfilter: NFPROTO_IPV4, NFPROTO_IPV6"},
    {u32, "hook", "netfilter: NF_INET_*"},
    {u32, "order", "iterator over cgroups: enum bpf_cgroup_iter_order"},
    {i32, "tid", "iterator over a task"},
    {u32, "attach_type", "cgroup, tcx, netkit, sockmap: enum bpf_attach_type; 0: as the section says"},
    {u32, "reserved"},
};

constexpr Member link_info[] = {
    {u32, "type", "enum bpf_link_type"},
    {u32, "id"},
    {u32, "program_id"},
    {u32, "attach_type", "enum bpf_attach_type, where the type has one"},
    {u64, "target_id", "cgroup id, network namespace's inode, BTF object id, map id: as the type has it"},
    {u64, "cookie"},
    {u64, "offset", "of a probe in its function or file"},
    {u64, "address", "of a kernel probe"},
    {u64, "missed", "runs that a kernel probe missed"},
    {u64, "ref_ctr_offset"},
    {i32, "interface_index"},
    {u32, "flags"},
    {u32, "count", "of a multi link's places"},
    {u32, "protocol_family"},
    {u32, "hook"},
    {i32, "priority"},
    {u32, "target_type_id", "in the BTF of target_id"},
    {u32, "perf_event_type", "enum bpf_perf_event_type, of a perf event's link"},
    {u32, "pid"},
    {u32, "tid"},
    {text, "target", "terminated: tracepoint, function, file, iterator; empty where the type has none", 128},
};

constexpr Value perf_event_command[] = {
    {"PERF_EVENT_ENABLE", 1},
    {"PERF_EVENT_DISABLE", 2},
    {"PERF_EVENT_RESET", 3},
};

constexpr Value socket_flag[] = {
    {"SOCKET_REUSE_PORT", 1},
    {"SOCKET_LISTEN", 2},
};

constexpr Member socket_options[] = {
    {u32, "size"},
    {u32, "family", "AF_PACKET, AF_INET, AF_INET6, as Linux numbers them"},
    {u32, "type", "SOCK_RAW, SOCK_STREAM, SOCK_DGRAM"},
    {u32, "protocol", "as socket(2) takes it"},
    {u32, "flags", "enum wasm_bpf_socket_flag"},
    {i32, "interface_index", "AF_PACKET: bound to it; 0: to all"},
    {pointer, "address", "bound to it: Linux' struct sockaddr_in or sockaddr_in6; 0: not bound"},
    {u32, "address_size"},
};

constexpr Value host_number[] = {
    {"HOST_PROCESS_ID", 1},
    {"HOST_THREAD_ID", 2, "of the thread that the guest runs on"},
    {"HOST_PARENT_ID", 3},
    {"HOST_USER_ID", 4},
    {"HOST_EFFECTIVE_USER_ID", 5},
    {"HOST_GROUP_ID", 6},
    {"HOST_EFFECTIVE_GROUP_ID", 7},
    {"HOST_CONFIGURED_CPUS", 8},
    {"HOST_ONLINE_CPUS", 9},
    {"HOST_PAGE_SIZE", 10},
    {"HOST_CLOCK_TICKS", 11, "a second, of times in /proc"},
    {"HOST_PID_NAMESPACE_INODE", 12,
     "What stat(2) says of /proc/self/ns/pid, as bpf_get_ns_current_pid_tgid() takes it. The inode's 32 bits have no "
     "sign."},
    {"HOST_PID_NAMESPACE_DEVICE", 13},
};

constexpr Value host_name[] = {
    {"HOST_SYSTEM", 0}, {"HOST_NODE", 1}, {"HOST_RELEASE", 2}, {"HOST_VERSION", 3}, {"HOST_MACHINE", 4},
};

constexpr Member local_time[] = {
    {i32, "utc_offset", "seconds east of UTC"},
    {u32, "is_summer", "1: daylight saving time"},
    {text, "abbreviation", "of the time zone, terminated", 24},
};

constexpr Member perf_ring_options[] = {
    {u32, "size"},
    {i32, "cpu"},
    {u32, "map_key", "the element that gets the event: the CPU, as a rule"},
    {u32, "pages", "of data, a power of 2: where there is no window; else the window says"},
    {u32, "sample_period", "0: 1"},
    {u32, "wakeup_events", "0: 1"},
    {pointer, "attr", "the kernel's struct perf_event_attr in the place of the two before; 0: BPF's output"},
    {u32, "attr_size"},
};

constexpr Member ring_info[] = {
    {u64, "consumer_position", "bytes since the start; never wraps"},
    {u64, "producer_position"},
    {u32, "data_bytes", "the ring's size"},
    {u32, "has_window", "0: by ring_read and ring_write"},
};

constexpr Member test_run_options[] = {
    {u32, "size"},
    {pointer, "data_in"},
    {u32, "data_in_size"},
    {pointer, "data_out"},
    {u32, "data_out_size", "in: room; out: bytes written"},
    {pointer, "context_in"},
    {u32, "context_in_size"},
    {pointer, "context_out"},
    {u32, "context_out_size", "in: room; out: bytes written"},
    {u32, "repeat"},
    {u32, "flags"},
    {u32, "return_value"},
    {u32, "duration_ns"},
    {u32, "cpu", "with BPF_F_TEST_RUN_ON_CPU"},
    {u32, "batch_size", "with BPF_F_TEST_XDP_LIVE_FRAMES"},
    {u32, "reserved"},
};

constexpr Value metric_kind[] = {
    {"METRIC_COUNTER", 1, "only grows"},
    {"METRIC_GAUGE", 2},
    {"METRIC_HISTOGRAM", 3},
};

constexpr Value metric_number[] = {
    {"METRIC_U64", 1}, {"METRIC_I64", 2}, {"METRIC_F64", 3}, {"METRIC_U32", 4}, {"METRIC_I32", 5},
};

constexpr Value metric_place[] = {
    {"METRIC_IN_MEMORY", 1, "value, sum: addresses in guest memory, aligned to the numbers"},
    {"METRIC_IN_ELEMENT", 2, "value, sum: offsets in the value of the map's element `key`"},
    {"METRIC_IN_EACH_ELEMENT", 3, "the same of every element; `element_labels` tell the samples apart"},
    {"METRIC_IN_SLOTS", 4, "slot N of the histogram is at `value` in element N of an array map"},
};

constexpr Value metric_label_format[] = {
    {"METRIC_LABEL_UNSIGNED", 1, "1, 2, 4 or 8 bytes"},
    {"METRIC_LABEL_SIGNED", 2},
    {"METRIC_LABEL_NETWORK_ORDER", 3, "unsigned, its first byte the highest, as a port"},
    {"METRIC_LABEL_IPV4", 4, "4 bytes, as the network orders them"},
    {"METRIC_LABEL_IPV6", 5, "16 bytes"},
    {"METRIC_LABEL_TEXT", 6, "up to a zero byte, or `size`"},
    {"METRIC_LABEL_HEX", 7},
};

constexpr Member metric_label[] = {
    {pointer, "name"},
    {u32, "name_size"},
    {u32, "format", "enum wasm_bpf_metric_label_format"},
    {u32, "in_value", "0: of the element's key; 1: of its value, one CPU's"},
    {u32, "offset"},
    {u32, "size"},
};

constexpr Member metric_options[] = {
    {u32, "size"},
    {u32, "kind", "enum wasm_bpf_metric_kind"},
    {pointer, "name", "as Prometheus wants them, without a suffix but for a counter's _total"},
    {u32, "name_size"},
    {pointer, "help"},
    {u32, "help_size"},
    {pointer, "unit", "as \"seconds\", with which the name ends; or none"},
    {u32, "unit_size"},
    {pointer, "labels", "terminated texts, one after another: name, value, name, value"},
    {u32, "labels_size", "of all, terminators included"},
    {u32, "number", "enum wasm_bpf_metric_number: the value, or each slot (U64, U32)"},
    {i32, "exponent", "numbers are shown times ten to the power of it: -9 makes ns seconds"},
    {u32, "place", "enum wasm_bpf_metric_place"},
    {u32, "value"},
    {u32, "sum", "histogram: the sum of the values"},
    {u32, "sum_number", "enum wasm_bpf_metric_number; 0: there is no sum"},
    {u32, "slots", "histogram: their number; they lie one after another"},
    {pointer, "bounds", "histogram: inclusive upper bounds, double[slots - 1]; 0: slot N has up to 2^(N+1) - 1"},
    {handle, "map"},
    {pointer, "key"},
    {u32, "key_size"},
    {pointer, "element_labels", "struct wasm_bpf_metric_label[]"},
    {u32, "element_label_count"},
};

constexpr Declaration enumeration(std::string_view name, std::string_view doc, std::span<const Value> values) {
    return {Declaration::Kind::enumeration, name, doc, values, {}, 0, Width::u32};
}

constexpr Declaration constants(std::string_view doc, Width width, std::span<const Value> values) {
    return {Declaration::Kind::constants, "", doc, values, {}, 0, width};
}

constexpr Declaration structure(std::string_view name, std::uint32_t size, std::string_view doc,
                                std::span<const Member> members) {
    return {Declaration::Kind::structure, name, doc, {}, members, size, Width::u32};
}

// The order of the headers.
constexpr Declaration table[] = {
    enumeration("host_feature", "host_features: bits of its result", host_feature),
    enumeration("signal_action", "signal_action", signal_action),
    enumeration("signal_mask", "signal_mask: SIG_BLOCK and its kin", signal_mask),
    constants("All 64 bits", Width::u64, longest),
    enumeration("btf_query_kind", "btf_query", btf_query_kind),
    structure("btf_query", 64, "btf_query; the members below `module_size` are results", btf_query),
    structure("interface_xdp", 16, "interface_xdp", interface_xdp),
    enumeration("feature_kind", "feature_probe", feature_kind),
    structure("kernel_symbol", 200, "kernel_symbol_at", kernel_symbol),
    enumeration("pinned_kind", "open_pinned", pinned_kind),
    structure("object_options", 56, "object_open; texts of no bytes: libbpf's own choice", object_options),
    structure("map_info", 152, "map_info", map_info),
    enumeration("handles", "map_info", handles),
    enumeration("map_field", "map_set; before the object is loaded", map_field),
    structure("map_create_options", 64, "map_create", map_create_options),
    structure("program_info", 232, "program_info", program_info),
    enumeration("code_info_kind", "program_code_info: enum's kinds, and of what each is an array", code_info_kind),
    enumeration("program_field", "program_set; before the object is loaded", program_field),
    enumeration("attach_kind", "program_attach: what the members mean is said per kind; others must be 0.",
                attach_kind),
    constants("attach_options: flags of the kinds that trace", Width::u32, attach_flags),
    structure("attach_options", 144, "program_attach", attach_options),
    structure("link_info", 232, "link_info", link_info),
    enumeration("perf_event_command", "perf_event_control", perf_event_command),
    enumeration("socket_flag", "socket_open", socket_flag),
    structure("socket_options", 32, "socket_open", socket_options),
    enumeration("host_number", "host_number", host_number),
    enumeration("host_name", "host_name: as uname(2)", host_name),
    structure("local_time", 32, "local_time", local_time),
    structure("perf_ring_options", 32, "perf_ring_add", perf_ring_options),
    structure("ring_info", 24, "ring_info", ring_info),
    enumeration("metric_kind", "metric_publish", metric_kind),
    enumeration("metric_number", "metric_publish: how a number lies there", metric_number),
    enumeration("metric_place", "metric_publish: where", metric_place),
    enumeration("metric_label_format", "metric_publish: what a label's text is made of", metric_label_format),
    structure("metric_label", 24, "metric_publish: a label made of each element", metric_label),
    structure("metric_options", 92, "metric_publish", metric_options),
    structure("test_run_options", 64,
              "program_test_run; data_out_size, context_out_size, return_value and duration_ns are results",
              test_run_options),
};

}  // namespace

std::span<const Declaration> declarations() { return table; }

}  // namespace wasm_bpf::guest_abi
