/* Generated from src/guest_abi/types.cpp by wasm-bpf-abi: do not edit.
 * The structs and numbers of the guest ABI, version 1. Shared by guests and host: every type has the same layout in
 * wasm32 and in the host's own ABI. A pointer to guest memory is a uint32_t offset (wasm_bpf_ptr).
 *
 * A struct whose first member is `size` is sized: the caller sets it to sizeof; the host reads what it knows, takes
 * zeros for what is missing, and refuses (-E2BIG) a longer one whose unknown part is not all zeros, as libbpf does.
 * Before each declaration stands the import that it is for. */
#ifndef WASM_BPF_ABI_TYPES_H
#define WASM_BPF_ABI_TYPES_H

#include <stdint.h>

#ifdef __cplusplus
#define WASM_BPF_STATIC_ASSERT static_assert
#else
#define WASM_BPF_STATIC_ASSERT _Static_assert
#endif

typedef int32_t wasm_bpf_handle; /* greater than 0; names an object, map, program, link, ring, … */
typedef uint32_t wasm_bpf_ptr;

/* host_features: bits of its result */
enum wasm_bpf_host_feature {
	WASM_BPF_HOST_WINDOWS = 1, /* map_window, and windows of rings */
	WASM_BPF_HOST_ARENA = 2, /* windows of arenas, in which the kernel's pointers are the guest's */
};

/* signal_action */
enum wasm_bpf_signal_action {
	WASM_BPF_SIGNAL_AS_IT_IS = -1, /* changes nothing */
	WASM_BPF_SIGNAL_DEFAULT = 0,
	WASM_BPF_SIGNAL_IGNORE = 1,
	WASM_BPF_SIGNAL_HANDLE = 2,
	WASM_BPF_SIGNAL_HANDLE_AND_RESTART = 3, /* a read that it interrupts goes on afterwards: SA_RESTART */
};

/* signal_mask: SIG_BLOCK and its kin */
enum wasm_bpf_signal_mask {
	WASM_BPF_SIGNAL_BLOCK = 0,
	WASM_BPF_SIGNAL_UNBLOCK = 1,
	WASM_BPF_SIGNAL_SET_MASK = 2,
};

/* All 64 bits */
#define WASM_BPF_FOR_EVER UINT64_C(0xffffffffffffffff) /* signal_wait: its timeout */
#define WASM_BPF_ALARM_AS_IT_IS UINT64_C(0xffffffffffffffff) /* signal_alarm: changes nothing */

/* btf_query */
enum wasm_bpf_btf_query_kind {
	WASM_BPF_BTF_TYPE = 1, /* name; type_kind: BTF_KIND_* of linux/btf.h, 0: any */
	WASM_BPF_BTF_FIELD = 2, /* name: a struct or union; member: a field, or a path as "a.b" */
	WASM_BPF_BTF_FUNCTION = 3, /* name */
	WASM_BPF_BTF_ENUM_VALUE = 4, /* name: an enum, or none: in any; member: the enumerator */
};

/* btf_query; the members below `module_size` are results */
struct wasm_bpf_btf_query {
	uint32_t size;
	uint32_t kind; /* enum wasm_bpf_btf_query_kind */
	uint32_t type_kind;
	wasm_bpf_ptr name;
	uint32_t name_size;
	wasm_bpf_ptr member;
	uint32_t member_size;
	wasm_bpf_ptr module; /* of the kernel, as "nf_conntrack"; none: the kernel itself */
	uint32_t module_size;
	uint32_t type_id;
	uint32_t found_kind; /* BTF_KIND_* of the type, the field's type or the function */
	uint32_t bit_offset; /* of the field in the outermost struct */
	uint32_t bit_size; /* of the field where it is a bit field; else 0 */
	uint32_t byte_size; /* of the type or the field's type; 0 where it has none */
	int64_t value; /* of the enumerator */
};
WASM_BPF_STATIC_ASSERT(sizeof(struct wasm_bpf_btf_query) == 64, "ABI");

/* interface_xdp */
struct wasm_bpf_interface_xdp {
	uint64_t features; /* enum netdev_xdp_act of linux/netdev.h; 0 where the kernel does not say */
	uint32_t zero_copy_max_segments;
	uint32_t attach_mode; /* XDP_ATTACHED_* of linux/if_link.h */
};
WASM_BPF_STATIC_ASSERT(sizeof(struct wasm_bpf_interface_xdp) == 16, "ABI");

/* feature_probe */
enum wasm_bpf_feature_kind {
	WASM_BPF_FEATURE_PROGRAM_TYPE = 1, /* type: enum bpf_prog_type */
	WASM_BPF_FEATURE_MAP_TYPE = 2, /* type: enum bpf_map_type */
	WASM_BPF_FEATURE_HELPER = 3, /* helper: enum bpf_func_id, in programs of the type */
};

/* kernel_symbol_at */
struct wasm_bpf_kernel_symbol {
	uint64_t address; /* where the symbol begins */
	char name[128]; /* terminated */
	char module[64]; /* terminated; empty: the kernel itself */
};
WASM_BPF_STATIC_ASSERT(sizeof(struct wasm_bpf_kernel_symbol) == 200, "ABI");

/* open_pinned */
enum wasm_bpf_pinned_kind {
	WASM_BPF_PINNED_MAP = 1,
	WASM_BPF_PINNED_LINK = 2,
};

/* object_open; texts of no bytes: libbpf's own choice */
struct wasm_bpf_object_options {
	uint32_t size;
	wasm_bpf_ptr name;
	uint32_t name_size;
	wasm_bpf_ptr pin_root; /* folder for maps that ask to be pinned by name; policy: pins */
	uint32_t pin_root_size;
	wasm_bpf_ptr btf_path; /* a BTF file of the host; policy: files */
	uint32_t btf_path_size;
	wasm_bpf_ptr token_path; /* a BPF file system of the host that gives tokens; policy: files */
	uint32_t token_path_size;
	wasm_bpf_ptr kconfig; /* more lines of kernel configuration, as "CONFIG_HZ=100" */
	uint32_t kconfig_size;
	uint32_t kernel_log_level; /* of the verifier, 0: none; program_log gives the log */
	uint32_t relaxed_maps; /* 1: map attributes that libbpf does not know are no error */
	uint32_t reserved;
};
WASM_BPF_STATIC_ASSERT(sizeof(struct wasm_bpf_object_options) == 56, "ABI");

/* map_info */
struct wasm_bpf_map_info {
	uint32_t type; /* enum bpf_map_type */
	uint32_t key_size;
	uint32_t value_size;
	uint32_t value_bytes; /* what one element operation moves: per-CPU maps move round_up(value_size, 8) x CPUs */
	uint32_t max_entries;
	uint32_t map_flags;
	uint32_t window_bytes; /* of guest memory that its window takes, a multiple of 4096; 0: it has none */
	uint32_t read_only; /* 1: its window is read-only once the object is loaded */
	uint32_t global_data; /* 1: .data, .bss, .rodata or .kconfig */
	uint32_t data_bytes; /* bytes of its initial value; 0: none */
	char name[64]; /* terminated */
	uint64_t map_extra;
	uint32_t id; /* the kernel's; 0 before load */
	uint32_t numa_node;
	uint32_t btf_key_type_id;
	uint32_t btf_value_type_id;
	uint32_t interface_index;
	uint32_t autocreate;
	uint32_t autoattach; /* of struct_ops */
	uint32_t pinned;
	uint32_t data_offset; /* of an arena's global variables in its window, once the object is loaded */
	uint32_t handles; /* bits of enum wasm_bpf_handles: which parts of its elements are handles */
};
WASM_BPF_STATIC_ASSERT(sizeof(struct wasm_bpf_map_info) == 152, "ABI");

/* map_info */
enum wasm_bpf_handles {
	WASM_BPF_HANDLES_KEY = 1,
	WASM_BPF_HANDLES_VALUE = 2, /* the value's first 4 bytes */
	WASM_BPF_HANDLES_SECOND = 4, /* the 4 bytes after them, or 0: a program's, where values have 8 */
};

/* map_set; before the object is loaded */
enum wasm_bpf_map_field {
	WASM_BPF_MAP_MAX_ENTRIES = 1,
	WASM_BPF_MAP_TYPE = 2,
	WASM_BPF_MAP_KEY_SIZE = 3,
	WASM_BPF_MAP_VALUE_SIZE = 4,
	WASM_BPF_MAP_AUTOCREATE = 5,
	WASM_BPF_MAP_FLAGS = 6,
	WASM_BPF_MAP_NUMA_NODE = 7,
	WASM_BPF_MAP_EXTRA = 8,
	WASM_BPF_MAP_INTERFACE = 9,
	WASM_BPF_MAP_AUTOATTACH = 10,
};

/* map_create */
struct wasm_bpf_map_create_options {
	uint32_t size;
	uint32_t type; /* enum bpf_map_type */
	uint32_t key_size;
	uint32_t value_size;
	uint32_t max_entries;
	uint32_t map_flags;
	uint64_t map_extra;
	wasm_bpf_ptr name;
	uint32_t name_size;
	wasm_bpf_handle inner; /* of a map of maps: an example of its inner maps */
	uint32_t numa_node;
	uint32_t interface_index;
	wasm_bpf_handle btf_object; /* whose BTF the type ids are of; 0: no types */
	uint32_t btf_key_type_id;
	uint32_t btf_value_type_id;
};
WASM_BPF_STATIC_ASSERT(sizeof(struct wasm_bpf_map_create_options) == 64, "ABI");

/* program_info */
struct wasm_bpf_program_info {
	uint32_t type; /* enum bpf_prog_type */
	uint32_t autoload;
	uint32_t needs_target; /* 1: its section does not say where to attach it */
	uint32_t expected_attach_type;
	char name[64]; /* terminated */
	char section[128]; /* terminated */
	uint32_t flags;
	uint32_t autoattach;
	uint32_t log_level;
	uint32_t id; /* the kernel's; 0 before load */
	uint32_t instruction_count;
	uint32_t reserved;
};
WASM_BPF_STATIC_ASSERT(sizeof(struct wasm_bpf_program_info) == 232, "ABI");

/* program_code_info: enum's kinds, and of what each is an array */
enum wasm_bpf_code_info_kind {
	WASM_BPF_CODE_FUNCTIONS = 1, /* struct bpf_func_info of linux/bpf.h */
	WASM_BPF_CODE_LINES = 2, /* struct bpf_line_info */
};

/* program_set; before the object is loaded */
enum wasm_bpf_program_field {
	WASM_BPF_PROGRAM_AUTOLOAD = 1,
	WASM_BPF_PROGRAM_AUTOATTACH = 2,
	WASM_BPF_PROGRAM_TYPE = 3,
	WASM_BPF_PROGRAM_EXPECTED_ATTACH_TYPE = 4,
	WASM_BPF_PROGRAM_FLAGS = 5,
	WASM_BPF_PROGRAM_LOG_LEVEL = 6,
	WASM_BPF_PROGRAM_INTERFACE = 7,
};

/* program_attach: what the members mean is said per kind; others must be 0. */
enum wasm_bpf_attach_kind {
	WASM_BPF_ATTACH_AUTO = 0, /* by the section's name alone */
	WASM_BPF_ATTACH_KPROBE = 1, /* name, offset, flags: RETURN */
	WASM_BPF_ATTACH_UPROBE = 2, /* path, name (or none), offset, ref_ctr_offset, pid, flags: RETURN */
	WASM_BPF_ATTACH_TRACEPOINT = 3, /* path: category; name */
	WASM_BPF_ATTACH_RAW_TRACEPOINT = 4, /* name */
	WASM_BPF_ATTACH_CGROUP = 5, /* handle of cgroup_open, or path; from Linux 6.17 on also as TCX */
	WASM_BPF_ATTACH_XDP = 6, /* interface, flags: XDP_FLAGS_* */
	WASM_BPF_ATTACH_TCX = 7, /* interface; flags: BPF_F_BEFORE, AFTER, …; relative_*, expected_revision */
	WASM_BPF_ATTACH_TC = 8, /* interface, flags: BPF_TC_INGRESS or BPF_TC_EGRESS, tc_handle, priority */
	WASM_BPF_ATTACH_SOCKET = 9, /* handle of socket_open: its filter; sk_reuseport: its group's choice */
	WASM_BPF_ATTACH_BY_SECTION = 10, /* path: interface, cgroup or "path:function", as the section needs */
	WASM_BPF_ATTACH_KPROBE_MULTI = 11, /* name: pattern, or names or addresses; cookies; flags: RETURN, SESSION, UNIQUE */
	WASM_BPF_ATTACH_UPROBE_MULTI = 12, /* path; name: pattern, or names or offsets; cookies, ref_ctr_offsets; pid; flags */
	WASM_BPF_ATTACH_KSYSCALL = 13, /* name: system call; flags: RETURN */
	WASM_BPF_ATTACH_USDT = 14, /* path, provider, name, pid */
	WASM_BPF_ATTACH_PERF_EVENT = 15, /* handle of perf_event_open; flags: LEAVE_DISABLED */
	WASM_BPF_ATTACH_TRACE = 16, /* fentry, fexit, fmod_ret, tp_btf, lsm: by section or set_attach_target; cookie */
	WASM_BPF_ATTACH_FREPLACE = 17, /* handle of a loaded program and name, its function; neither: as when loaded */
	WASM_BPF_ATTACH_ITERATOR = 18, /* handle of a map or cgroup, order; or pid or tid; or none */
	WASM_BPF_ATTACH_NETKIT = 19, /* as TCX */
	WASM_BPF_ATTACH_NETFILTER = 20, /* protocol_family, hook, priority, flags: BPF_F_NETFILTER_IP_DEFRAG */
	WASM_BPF_ATTACH_NETNS = 21, /* handle of network_namespace_open, or 0: the host's own */
	WASM_BPF_ATTACH_SOCKMAP = 22, /* handle of a sockmap or sockhash */
	WASM_BPF_ATTACH_LIRC = 23, /* path of the device */
	WASM_BPF_ATTACH_ROUTE = 24, /* lwt_*: name: destination as "10.0.0.0/8", interface, path: gateway or none; makes the route, which goes with the link */
};

/* attach_options: flags of the kinds that trace */
#define WASM_BPF_ATTACH_RETURN 1u /* when the function returns */
#define WASM_BPF_ATTACH_SESSION 2u /* at both ends, if the program says so at the first */
#define WASM_BPF_ATTACH_UNIQUE 4u /* the pattern must match one function alone */
#define WASM_BPF_ATTACH_LEAVE_DISABLED 8u /* does not enable the event */

/* program_attach */
struct wasm_bpf_attach_options {
	uint32_t size;
	uint32_t kind; /* enum wasm_bpf_attach_kind */
	uint64_t cookie;
	uint64_t offset;
	wasm_bpf_ptr path;
	uint32_t path_size;
	wasm_bpf_ptr name;
	uint32_t name_size;
	int32_t pid; /* uprobe: -1 every process, 0 the host's own */
	int32_t interface_index;
	uint32_t flags;
	wasm_bpf_handle handle;
	uint32_t tc_handle;
	uint32_t priority; /* netfilter: a signed number */
	uint64_t ref_ctr_offset;
	uint64_t expected_revision;
	wasm_bpf_handle relative; /* a program or link of this guest's, before or after which to attach */
	uint32_t relative_id; /* the kernel's id of one, instead */
	wasm_bpf_ptr provider; /* usdt */
	uint32_t provider_size;
	wasm_bpf_ptr names; /* multi: `count` terminated texts, one after another */
	uint32_t names_size;
	wasm_bpf_ptr addresses; /* kprobe multi: uint64_t[count]; uprobe multi: offsets in the file */
	wasm_bpf_ptr cookies; /* multi: uint64_t[count] */
	wasm_bpf_ptr ref_ctr_offsets; /* uprobe multi: uint64_t[count] */
	uint32_t count; /* multi: of each of the four lists that is given */
	uint32_t protocol_family; /* netfilter: NFPROTO_IPV4, NFPROTO_IPV6 */
	uint32_t hook; /* netfilter: NF_INET_* */
	uint32_t order; /* iterator over cgroups: enum bpf_cgroup_iter_order */
	int32_t tid; /* iterator over a task */
	uint32_t attach_type; /* cgroup, tcx, netkit, sockmap: enum bpf_attach_type; 0: as the section says */
	uint32_t reserved;
};
WASM_BPF_STATIC_ASSERT(sizeof(struct wasm_bpf_attach_options) == 144, "ABI");

/* link_info */
struct wasm_bpf_link_info {
	uint32_t type; /* enum bpf_link_type */
	uint32_t id;
	uint32_t program_id;
	uint32_t attach_type; /* enum bpf_attach_type, where the type has one */
	uint64_t target_id; /* cgroup id, network namespace's inode, BTF object id, map id: as the type has it */
	uint64_t cookie;
	uint64_t offset; /* of a probe in its function or file */
	uint64_t address; /* of a kernel probe */
	uint64_t missed; /* runs that a kernel probe missed */
	uint64_t ref_ctr_offset;
	int32_t interface_index;
	uint32_t flags;
	uint32_t count; /* of a multi link's places */
	uint32_t protocol_family;
	uint32_t hook;
	int32_t priority;
	uint32_t target_type_id; /* in the BTF of target_id */
	uint32_t perf_event_type; /* enum bpf_perf_event_type, of a perf event's link */
	uint32_t pid;
	uint32_t tid;
	char target[128]; /* terminated: tracepoint, function, file, iterator; empty where the type has none */
};
WASM_BPF_STATIC_ASSERT(sizeof(struct wasm_bpf_link_info) == 232, "ABI");

/* perf_event_control */
enum wasm_bpf_perf_event_command {
	WASM_BPF_PERF_EVENT_ENABLE = 1,
	WASM_BPF_PERF_EVENT_DISABLE = 2,
	WASM_BPF_PERF_EVENT_RESET = 3,
};

/* socket_open */
enum wasm_bpf_socket_flag {
	WASM_BPF_SOCKET_REUSE_PORT = 1,
	WASM_BPF_SOCKET_LISTEN = 2,
};

/* socket_open */
struct wasm_bpf_socket_options {
	uint32_t size;
	uint32_t family; /* AF_PACKET, AF_INET, AF_INET6, as Linux numbers them */
	uint32_t type; /* SOCK_RAW, SOCK_STREAM, SOCK_DGRAM */
	uint32_t protocol; /* as socket(2) takes it */
	uint32_t flags; /* enum wasm_bpf_socket_flag */
	int32_t interface_index; /* AF_PACKET: bound to it; 0: to all */
	wasm_bpf_ptr address; /* bound to it: Linux' struct sockaddr_in or sockaddr_in6; 0: not bound */
	uint32_t address_size;
};
WASM_BPF_STATIC_ASSERT(sizeof(struct wasm_bpf_socket_options) == 32, "ABI");

/* host_number */
enum wasm_bpf_host_number {
	WASM_BPF_HOST_PROCESS_ID = 1,
	WASM_BPF_HOST_THREAD_ID = 2, /* of the thread that the guest runs on */
	WASM_BPF_HOST_PARENT_ID = 3,
	WASM_BPF_HOST_USER_ID = 4,
	WASM_BPF_HOST_EFFECTIVE_USER_ID = 5,
	WASM_BPF_HOST_GROUP_ID = 6,
	WASM_BPF_HOST_EFFECTIVE_GROUP_ID = 7,
	WASM_BPF_HOST_CONFIGURED_CPUS = 8,
	WASM_BPF_HOST_ONLINE_CPUS = 9,
	WASM_BPF_HOST_PAGE_SIZE = 10,
	WASM_BPF_HOST_CLOCK_TICKS = 11, /* a second, of times in /proc */
	WASM_BPF_HOST_PID_NAMESPACE_INODE = 12, /* What stat(2) says of /proc/self/ns/pid, as bpf_get_ns_current_pid_tgid() takes it. The inode's 32 bits have no sign. */
	WASM_BPF_HOST_PID_NAMESPACE_DEVICE = 13,
};

/* host_name: as uname(2) */
enum wasm_bpf_host_name {
	WASM_BPF_HOST_SYSTEM = 0,
	WASM_BPF_HOST_NODE = 1,
	WASM_BPF_HOST_RELEASE = 2,
	WASM_BPF_HOST_VERSION = 3,
	WASM_BPF_HOST_MACHINE = 4,
};

/* local_time */
struct wasm_bpf_local_time {
	int32_t utc_offset; /* seconds east of UTC */
	uint32_t is_summer; /* 1: daylight saving time */
	char abbreviation[24]; /* of the time zone, terminated */
};
WASM_BPF_STATIC_ASSERT(sizeof(struct wasm_bpf_local_time) == 32, "ABI");

/* perf_ring_add */
struct wasm_bpf_perf_ring_options {
	uint32_t size;
	int32_t cpu;
	uint32_t map_key; /* the element that gets the event: the CPU, as a rule */
	uint32_t pages; /* of data, a power of 2: where there is no window; else the window says */
	uint32_t sample_period; /* 0: 1 */
	uint32_t wakeup_events; /* 0: 1 */
	wasm_bpf_ptr attr; /* the kernel's struct perf_event_attr in the place of the two before; 0: BPF's output */
	uint32_t attr_size;
};
WASM_BPF_STATIC_ASSERT(sizeof(struct wasm_bpf_perf_ring_options) == 32, "ABI");

/* ring_info */
struct wasm_bpf_ring_info {
	uint64_t consumer_position; /* bytes since the start; never wraps */
	uint64_t producer_position;
	uint32_t data_bytes; /* the ring's size */
	uint32_t has_window; /* 0: by ring_read and ring_write */
};
WASM_BPF_STATIC_ASSERT(sizeof(struct wasm_bpf_ring_info) == 24, "ABI");

/* metric_publish */
enum wasm_bpf_metric_kind {
	WASM_BPF_METRIC_COUNTER = 1, /* only grows */
	WASM_BPF_METRIC_GAUGE = 2,
	WASM_BPF_METRIC_HISTOGRAM = 3,
};

/* metric_publish: how a number lies there */
enum wasm_bpf_metric_number {
	WASM_BPF_METRIC_U64 = 1,
	WASM_BPF_METRIC_I64 = 2,
	WASM_BPF_METRIC_F64 = 3,
	WASM_BPF_METRIC_U32 = 4,
	WASM_BPF_METRIC_I32 = 5,
};

/* metric_publish: where */
enum wasm_bpf_metric_place {
	WASM_BPF_METRIC_IN_MEMORY = 1, /* value, sum: addresses in guest memory, aligned to the numbers */
	WASM_BPF_METRIC_IN_ELEMENT = 2, /* value, sum: offsets in the value of the map's element `key` */
	WASM_BPF_METRIC_IN_EACH_ELEMENT = 3, /* the same of every element; `element_labels` tell the samples apart */
	WASM_BPF_METRIC_IN_SLOTS = 4, /* slot N of the histogram is at `value` in element N of an array map */
};

/* metric_publish: what a label's text is made of */
enum wasm_bpf_metric_label_format {
	WASM_BPF_METRIC_LABEL_UNSIGNED = 1, /* 1, 2, 4 or 8 bytes */
	WASM_BPF_METRIC_LABEL_SIGNED = 2,
	WASM_BPF_METRIC_LABEL_NETWORK_ORDER = 3, /* unsigned, its first byte the highest, as a port */
	WASM_BPF_METRIC_LABEL_IPV4 = 4, /* 4 bytes, as the network orders them */
	WASM_BPF_METRIC_LABEL_IPV6 = 5, /* 16 bytes */
	WASM_BPF_METRIC_LABEL_TEXT = 6, /* up to a zero byte, or `size` */
	WASM_BPF_METRIC_LABEL_HEX = 7,
};

/* metric_publish: a label made of each element */
struct wasm_bpf_metric_label {
	wasm_bpf_ptr name;
	uint32_t name_size;
	uint32_t format; /* enum wasm_bpf_metric_label_format */
	uint32_t in_value; /* 0: of the element's key; 1: of its value, one CPU's */
	uint32_t offset;
	uint32_t size;
};
WASM_BPF_STATIC_ASSERT(sizeof(struct wasm_bpf_metric_label) == 24, "ABI");

/* metric_publish */
struct wasm_bpf_metric_options {
	uint32_t size;
	uint32_t kind; /* enum wasm_bpf_metric_kind */
	wasm_bpf_ptr name; /* as Prometheus wants them, without a suffix but for a counter's _total */
	uint32_t name_size;
	wasm_bpf_ptr help;
	uint32_t help_size;
	wasm_bpf_ptr unit; /* as "seconds", with which the name ends; or none */
	uint32_t unit_size;
	wasm_bpf_ptr labels; /* terminated texts, one after another: name, value, name, value */
	uint32_t labels_size; /* of all, terminators included */
	uint32_t number; /* enum wasm_bpf_metric_number: the value, or each slot (U64, U32) */
	int32_t exponent; /* numbers are shown times ten to the power of it: -9 makes ns seconds */
	uint32_t place; /* enum wasm_bpf_metric_place */
	uint32_t value;
	uint32_t sum; /* histogram: the sum of the values */
	uint32_t sum_number; /* enum wasm_bpf_metric_number; 0: there is no sum */
	uint32_t slots; /* histogram: their number; they lie one after another */
	wasm_bpf_ptr bounds; /* histogram: inclusive upper bounds, double[slots - 1]; 0: slot N has up to 2^(N+1) - 1 */
	wasm_bpf_handle map;
	wasm_bpf_ptr key;
	uint32_t key_size;
	wasm_bpf_ptr element_labels; /* struct wasm_bpf_metric_label[] */
	uint32_t element_label_count;
};
WASM_BPF_STATIC_ASSERT(sizeof(struct wasm_bpf_metric_options) == 92, "ABI");

/* program_test_run; data_out_size, context_out_size, return_value and duration_ns are results */
struct wasm_bpf_test_run_options {
	uint32_t size;
	wasm_bpf_ptr data_in;
	uint32_t data_in_size;
	wasm_bpf_ptr data_out;
	uint32_t data_out_size; /* in: room; out: bytes written */
	wasm_bpf_ptr context_in;
	uint32_t context_in_size;
	wasm_bpf_ptr context_out;
	uint32_t context_out_size; /* in: room; out: bytes written */
	uint32_t repeat;
	uint32_t flags;
	uint32_t return_value;
	uint32_t duration_ns;
	uint32_t cpu; /* with BPF_F_TEST_RUN_ON_CPU */
	uint32_t batch_size; /* with BPF_F_TEST_XDP_LIVE_FRAMES */
	uint32_t reserved;
};
WASM_BPF_STATIC_ASSERT(sizeof(struct wasm_bpf_test_run_options) == 64, "ABI");

#endif
