// Generated from src/guest_abi by wasm-bpf-abi: do not edit.
//! The guest ABI, version 1, as it is: structs and numbers, and in a guest the functions that it imports from the host,
//! whose results are `>= 0` or a negative errno. Before each declaration stands the import that it is for.

#![allow(clippy::all, dead_code, rustdoc::all)]

#[cfg(target_family = "wasm")]
use core::ffi::c_void;

/// Greater than 0; names an object, map, program, link, ring, ...
pub type Handle = i32;

/// An offset in guest memory.
pub type Ptr = u32;

// host_features: bits of its result
/// map_window, and windows of rings
pub const HOST_WINDOWS: u32 = 1;
/// windows of arenas, in which the kernel's pointers are the guest's
pub const HOST_ARENA: u32 = 2;

// signal_action
/// changes nothing
pub const SIGNAL_AS_IT_IS: i32 = -1;
pub const SIGNAL_DEFAULT: i32 = 0;
pub const SIGNAL_IGNORE: i32 = 1;
pub const SIGNAL_HANDLE: i32 = 2;
/// a read that it interrupts goes on afterwards: SA_RESTART
pub const SIGNAL_HANDLE_AND_RESTART: i32 = 3;

// signal_mask: SIG_BLOCK and its kin
pub const SIGNAL_BLOCK: u32 = 0;
pub const SIGNAL_UNBLOCK: u32 = 1;
pub const SIGNAL_SET_MASK: u32 = 2;

// All 64 bits
/// signal_wait: its timeout
pub const FOR_EVER: u64 = 0xffffffffffffffff;
/// signal_alarm: changes nothing
pub const ALARM_AS_IT_IS: u64 = 0xffffffffffffffff;

// btf_query
/// name; type_kind: BTF_KIND_* of linux/btf.h, 0: any
pub const BTF_TYPE: u32 = 1;
/// name: a struct or union; member: a field, or a path as "a.b"
pub const BTF_FIELD: u32 = 2;
/// name
pub const BTF_FUNCTION: u32 = 3;
/// name: an enum, or none: in any; member: the enumerator
pub const BTF_ENUM_VALUE: u32 = 4;

/// btf_query; the members below `module_size` are results
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct BtfQuery {
    pub size: u32,
    /// enum wasm_bpf_btf_query_kind
    pub kind: u32,
    pub type_kind: u32,
    pub name: Ptr,
    pub name_size: u32,
    pub member: Ptr,
    pub member_size: u32,
    /// of the kernel, as "nf_conntrack"; none: the kernel itself
    pub module: Ptr,
    pub module_size: u32,
    pub type_id: u32,
    /// BTF_KIND_* of the type, the field's type or the function
    pub found_kind: u32,
    /// of the field in the outermost struct
    pub bit_offset: u32,
    /// of the field where it is a bit field; else 0
    pub bit_size: u32,
    /// of the type or the field's type; 0 where it has none
    pub byte_size: u32,
    /// of the enumerator
    pub value: i64,
}

impl BtfQuery {
    /// All zeros, but for its size.
    pub const fn new() -> Self {
        Self {
            size: 64,
            kind: 0,
            type_kind: 0,
            name: 0,
            name_size: 0,
            member: 0,
            member_size: 0,
            module: 0,
            module_size: 0,
            type_id: 0,
            found_kind: 0,
            bit_offset: 0,
            bit_size: 0,
            byte_size: 0,
            value: 0,
        }
    }
}

const _: () = assert!(size_of::<BtfQuery>() == 64);

/// interface_xdp
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct InterfaceXdp {
    /// enum netdev_xdp_act of linux/netdev.h; 0 where the kernel does not say
    pub features: u64,
    pub zero_copy_max_segments: u32,
    /// XDP_ATTACHED_* of linux/if_link.h
    pub attach_mode: u32,
}

impl InterfaceXdp {
    /// All zeros.
    pub const fn new() -> Self {
        Self {
            features: 0,
            zero_copy_max_segments: 0,
            attach_mode: 0,
        }
    }
}

const _: () = assert!(size_of::<InterfaceXdp>() == 16);

// feature_probe
/// type: enum bpf_prog_type
pub const FEATURE_PROGRAM_TYPE: u32 = 1;
/// type: enum bpf_map_type
pub const FEATURE_MAP_TYPE: u32 = 2;
/// helper: enum bpf_func_id, in programs of the type
pub const FEATURE_HELPER: u32 = 3;

/// kernel_symbol_at
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct KernelSymbol {
    /// where the symbol begins
    pub address: u64,
    /// terminated
    pub name: [u8; 128],
    /// terminated; empty: the kernel itself
    pub module: [u8; 64],
}

impl KernelSymbol {
    /// All zeros.
    pub const fn new() -> Self {
        Self {
            address: 0,
            name: [0; 128],
            module: [0; 64],
        }
    }
}

const _: () = assert!(size_of::<KernelSymbol>() == 200);

// open_pinned
pub const PINNED_MAP: u32 = 1;
pub const PINNED_LINK: u32 = 2;

/// object_open; texts of no bytes: libbpf's own choice
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ObjectOptions {
    pub size: u32,
    pub name: Ptr,
    pub name_size: u32,
    /// folder for maps that ask to be pinned by name; policy: pins
    pub pin_root: Ptr,
    pub pin_root_size: u32,
    /// a BTF file of the host; policy: files
    pub btf_path: Ptr,
    pub btf_path_size: u32,
    /// a BPF file system of the host that gives tokens; policy: files
    pub token_path: Ptr,
    pub token_path_size: u32,
    /// more lines of kernel configuration, as "CONFIG_HZ=100"
    pub kconfig: Ptr,
    pub kconfig_size: u32,
    /// of the verifier, 0: none; program_log gives the log
    pub kernel_log_level: u32,
    /// 1: map attributes that libbpf does not know are no error
    pub relaxed_maps: u32,
    pub reserved: u32,
}

impl ObjectOptions {
    /// All zeros, but for its size.
    pub const fn new() -> Self {
        Self {
            size: 56,
            name: 0,
            name_size: 0,
            pin_root: 0,
            pin_root_size: 0,
            btf_path: 0,
            btf_path_size: 0,
            token_path: 0,
            token_path_size: 0,
            kconfig: 0,
            kconfig_size: 0,
            kernel_log_level: 0,
            relaxed_maps: 0,
            reserved: 0,
        }
    }
}

const _: () = assert!(size_of::<ObjectOptions>() == 56);

/// map_info
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct MapInfo {
    /// enum bpf_map_type
    pub type_: u32,
    pub key_size: u32,
    pub value_size: u32,
    /// what one element operation moves: per-CPU maps move round_up(value_size, 8) x CPUs
    pub value_bytes: u32,
    pub max_entries: u32,
    pub map_flags: u32,
    /// of guest memory that its window takes, a multiple of 4096; 0: it has none
    pub window_bytes: u32,
    /// 1: its window is read-only once the object is loaded
    pub read_only: u32,
    /// 1: .data, .bss, .rodata or .kconfig
    pub global_data: u32,
    /// bytes of its initial value; 0: none
    pub data_bytes: u32,
    /// terminated
    pub name: [u8; 64],
    pub map_extra: u64,
    /// the kernel's; 0 before load
    pub id: u32,
    pub numa_node: u32,
    pub btf_key_type_id: u32,
    pub btf_value_type_id: u32,
    pub interface_index: u32,
    pub autocreate: u32,
    /// of struct_ops
    pub autoattach: u32,
    pub pinned: u32,
    /// of an arena's global variables in its window, once the object is loaded
    pub data_offset: u32,
    /// bits of enum wasm_bpf_handles: which parts of its elements are handles
    pub handles: u32,
}

impl MapInfo {
    /// All zeros.
    pub const fn new() -> Self {
        Self {
            type_: 0,
            key_size: 0,
            value_size: 0,
            value_bytes: 0,
            max_entries: 0,
            map_flags: 0,
            window_bytes: 0,
            read_only: 0,
            global_data: 0,
            data_bytes: 0,
            name: [0; 64],
            map_extra: 0,
            id: 0,
            numa_node: 0,
            btf_key_type_id: 0,
            btf_value_type_id: 0,
            interface_index: 0,
            autocreate: 0,
            autoattach: 0,
            pinned: 0,
            data_offset: 0,
            handles: 0,
        }
    }
}

const _: () = assert!(size_of::<MapInfo>() == 152);

// map_info
pub const HANDLES_KEY: u32 = 1;
/// the value's first 4 bytes
pub const HANDLES_VALUE: u32 = 2;
/// the 4 bytes after them, or 0: a program's, where values have 8
pub const HANDLES_SECOND: u32 = 4;

// map_set; before the object is loaded
pub const MAP_MAX_ENTRIES: u32 = 1;
pub const MAP_TYPE: u32 = 2;
pub const MAP_KEY_SIZE: u32 = 3;
pub const MAP_VALUE_SIZE: u32 = 4;
pub const MAP_AUTOCREATE: u32 = 5;
pub const MAP_FLAGS: u32 = 6;
pub const MAP_NUMA_NODE: u32 = 7;
pub const MAP_EXTRA: u32 = 8;
pub const MAP_INTERFACE: u32 = 9;
pub const MAP_AUTOATTACH: u32 = 10;

/// map_create
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct MapCreateOptions {
    pub size: u32,
    /// enum bpf_map_type
    pub type_: u32,
    pub key_size: u32,
    pub value_size: u32,
    pub max_entries: u32,
    pub map_flags: u32,
    pub map_extra: u64,
    pub name: Ptr,
    pub name_size: u32,
    /// of a map of maps: an example of its inner maps
    pub inner: Handle,
    pub numa_node: u32,
    pub interface_index: u32,
    /// whose BTF the type ids are of; 0: no types
    pub btf_object: Handle,
    pub btf_key_type_id: u32,
    pub btf_value_type_id: u32,
}

impl MapCreateOptions {
    /// All zeros, but for its size.
    pub const fn new() -> Self {
        Self {
            size: 64,
            type_: 0,
            key_size: 0,
            value_size: 0,
            max_entries: 0,
            map_flags: 0,
            map_extra: 0,
            name: 0,
            name_size: 0,
            inner: 0,
            numa_node: 0,
            interface_index: 0,
            btf_object: 0,
            btf_key_type_id: 0,
            btf_value_type_id: 0,
        }
    }
}

const _: () = assert!(size_of::<MapCreateOptions>() == 64);

/// program_info
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ProgramInfo {
    /// enum bpf_prog_type
    pub type_: u32,
    pub autoload: u32,
    /// 1: its section does not say where to attach it
    pub needs_target: u32,
    pub expected_attach_type: u32,
    /// terminated
    pub name: [u8; 64],
    /// terminated
    pub section: [u8; 128],
    pub flags: u32,
    pub autoattach: u32,
    pub log_level: u32,
    /// the kernel's; 0 before load
    pub id: u32,
    pub instruction_count: u32,
    pub reserved: u32,
}

impl ProgramInfo {
    /// All zeros.
    pub const fn new() -> Self {
        Self {
            type_: 0,
            autoload: 0,
            needs_target: 0,
            expected_attach_type: 0,
            name: [0; 64],
            section: [0; 128],
            flags: 0,
            autoattach: 0,
            log_level: 0,
            id: 0,
            instruction_count: 0,
            reserved: 0,
        }
    }
}

const _: () = assert!(size_of::<ProgramInfo>() == 232);

// program_code_info: enum's kinds, and of what each is an array
/// struct bpf_func_info of linux/bpf.h
pub const CODE_FUNCTIONS: u32 = 1;
/// struct bpf_line_info
pub const CODE_LINES: u32 = 2;

// program_set; before the object is loaded
pub const PROGRAM_AUTOLOAD: u32 = 1;
pub const PROGRAM_AUTOATTACH: u32 = 2;
pub const PROGRAM_TYPE: u32 = 3;
pub const PROGRAM_EXPECTED_ATTACH_TYPE: u32 = 4;
pub const PROGRAM_FLAGS: u32 = 5;
pub const PROGRAM_LOG_LEVEL: u32 = 6;
pub const PROGRAM_INTERFACE: u32 = 7;

// program_attach: what the members mean is said per kind; others must be 0.
/// by the section's name alone
pub const ATTACH_AUTO: u32 = 0;
/// name, offset, flags: RETURN
pub const ATTACH_KPROBE: u32 = 1;
/// path, name (or none), offset, ref_ctr_offset, pid, flags: RETURN
pub const ATTACH_UPROBE: u32 = 2;
/// path: category; name
pub const ATTACH_TRACEPOINT: u32 = 3;
/// name
pub const ATTACH_RAW_TRACEPOINT: u32 = 4;
/// handle of cgroup_open, or path; from Linux 6.17 on also as TCX
pub const ATTACH_CGROUP: u32 = 5;
/// interface, flags: XDP_FLAGS_*
pub const ATTACH_XDP: u32 = 6;
/// interface; flags: BPF_F_BEFORE, AFTER, …; relative_*, expected_revision
pub const ATTACH_TCX: u32 = 7;
/// interface, flags: BPF_TC_INGRESS or BPF_TC_EGRESS, tc_handle, priority
pub const ATTACH_TC: u32 = 8;
/// handle of socket_open: its filter; sk_reuseport: its group's choice
pub const ATTACH_SOCKET: u32 = 9;
/// path: interface, cgroup or "path:function", as the section needs
pub const ATTACH_BY_SECTION: u32 = 10;
/// name: pattern, or names or addresses; cookies; flags: RETURN, SESSION, UNIQUE
pub const ATTACH_KPROBE_MULTI: u32 = 11;
/// path; name: pattern, or names or offsets; cookies, ref_ctr_offsets; pid; flags
pub const ATTACH_UPROBE_MULTI: u32 = 12;
/// name: system call; flags: RETURN
pub const ATTACH_KSYSCALL: u32 = 13;
/// path, provider, name, pid
pub const ATTACH_USDT: u32 = 14;
/// handle of perf_event_open; flags: LEAVE_DISABLED
pub const ATTACH_PERF_EVENT: u32 = 15;
/// fentry, fexit, fmod_ret, tp_btf, lsm: by section or set_attach_target; cookie
pub const ATTACH_TRACE: u32 = 16;
/// handle of a loaded program and name, its function; neither: as when loaded
pub const ATTACH_FREPLACE: u32 = 17;
/// handle of a map or cgroup, order; or pid or tid; or none
pub const ATTACH_ITERATOR: u32 = 18;
/// as TCX
pub const ATTACH_NETKIT: u32 = 19;
/// protocol_family, hook, priority, flags: BPF_F_NETFILTER_IP_DEFRAG
pub const ATTACH_NETFILTER: u32 = 20;
/// handle of network_namespace_open, or 0: the host's own
pub const ATTACH_NETNS: u32 = 21;
/// handle of a sockmap or sockhash
pub const ATTACH_SOCKMAP: u32 = 22;
/// path of the device
pub const ATTACH_LIRC: u32 = 23;
/// lwt_*: name: destination as "10.0.0.0/8", interface, path: gateway or none; makes the route, which goes with the link
pub const ATTACH_ROUTE: u32 = 24;

// attach_options: flags of the kinds that trace
/// when the function returns
pub const ATTACH_RETURN: u32 = 1;
/// at both ends, if the program says so at the first
pub const ATTACH_SESSION: u32 = 2;
/// the pattern must match one function alone
pub const ATTACH_UNIQUE: u32 = 4;
/// does not enable the event
pub const ATTACH_LEAVE_DISABLED: u32 = 8;

/// program_attach
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct AttachOptions {
    pub size: u32,
    /// enum wasm_bpf_attach_kind
    pub kind: u32,
    pub cookie: u64,
    pub offset: u64,
    pub path: Ptr,
    pub path_size: u32,
    pub name: Ptr,
    pub name_size: u32,
    /// uprobe: -1 every process, 0 the host's own
    pub pid: i32,
    pub interface_index: i32,
    pub flags: u32,
    pub handle: Handle,
    pub tc_handle: u32,
    /// netfilter: a signed number
    pub priority: u32,
    pub ref_ctr_offset: u64,
    pub expected_revision: u64,
    /// a program or link of this guest's, before or after which to attach
    pub relative: Handle,
    /// the kernel's id of one, instead
    pub relative_id: u32,
    /// usdt
    pub provider: Ptr,
    pub provider_size: u32,
    /// multi: `count` terminated texts, one after another
    pub names: Ptr,
    pub names_size: u32,
    /// kprobe multi: uint64_t[count]; uprobe multi: offsets in the file
    pub addresses: Ptr,
    /// multi: uint64_t[count]
    pub cookies: Ptr,
    /// uprobe multi: uint64_t[count]
    pub ref_ctr_offsets: Ptr,
    /// multi: of each of the four lists that is given
    pub count: u32,
    /// netfilter: NFPROTO_IPV4, NFPROTO_IPV6
    pub protocol_family: u32,
    /// netfilter: NF_INET_*
    pub hook: u32,
    /// iterator over cgroups: enum bpf_cgroup_iter_order
    pub order: u32,
    /// iterator over a task
    pub tid: i32,
    /// cgroup, tcx, netkit, sockmap: enum bpf_attach_type; 0: as the section says
    pub attach_type: u32,
    pub reserved: u32,
}

impl AttachOptions {
    /// All zeros, but for its size.
    pub const fn new() -> Self {
        Self {
            size: 144,
            kind: 0,
            cookie: 0,
            offset: 0,
            path: 0,
            path_size: 0,
            name: 0,
            name_size: 0,
            pid: 0,
            interface_index: 0,
            flags: 0,
            handle: 0,
            tc_handle: 0,
            priority: 0,
            ref_ctr_offset: 0,
            expected_revision: 0,
            relative: 0,
            relative_id: 0,
            provider: 0,
            provider_size: 0,
            names: 0,
            names_size: 0,
            addresses: 0,
            cookies: 0,
            ref_ctr_offsets: 0,
            count: 0,
            protocol_family: 0,
            hook: 0,
            order: 0,
            tid: 0,
            attach_type: 0,
            reserved: 0,
        }
    }
}

const _: () = assert!(size_of::<AttachOptions>() == 144);

/// link_info
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct LinkInfo {
    /// enum bpf_link_type
    pub type_: u32,
    pub id: u32,
    pub program_id: u32,
    /// enum bpf_attach_type, where the type has one
    pub attach_type: u32,
    /// cgroup id, network namespace's inode, BTF object id, map id: as the type has it
    pub target_id: u64,
    pub cookie: u64,
    /// of a probe in its function or file
    pub offset: u64,
    /// of a kernel probe
    pub address: u64,
    /// runs that a kernel probe missed
    pub missed: u64,
    pub ref_ctr_offset: u64,
    pub interface_index: i32,
    pub flags: u32,
    /// of a multi link's places
    pub count: u32,
    pub protocol_family: u32,
    pub hook: u32,
    pub priority: i32,
    /// in the BTF of target_id
    pub target_type_id: u32,
    /// enum bpf_perf_event_type, of a perf event's link
    pub perf_event_type: u32,
    pub pid: u32,
    pub tid: u32,
    /// terminated: tracepoint, function, file, iterator; empty where the type has none
    pub target: [u8; 128],
}

impl LinkInfo {
    /// All zeros.
    pub const fn new() -> Self {
        Self {
            type_: 0,
            id: 0,
            program_id: 0,
            attach_type: 0,
            target_id: 0,
            cookie: 0,
            offset: 0,
            address: 0,
            missed: 0,
            ref_ctr_offset: 0,
            interface_index: 0,
            flags: 0,
            count: 0,
            protocol_family: 0,
            hook: 0,
            priority: 0,
            target_type_id: 0,
            perf_event_type: 0,
            pid: 0,
            tid: 0,
            target: [0; 128],
        }
    }
}

const _: () = assert!(size_of::<LinkInfo>() == 232);

// perf_event_control
pub const PERF_EVENT_ENABLE: u32 = 1;
pub const PERF_EVENT_DISABLE: u32 = 2;
pub const PERF_EVENT_RESET: u32 = 3;

// socket_open
pub const SOCKET_REUSE_PORT: u32 = 1;
pub const SOCKET_LISTEN: u32 = 2;

/// socket_open
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct SocketOptions {
    pub size: u32,
    /// AF_PACKET, AF_INET, AF_INET6, as Linux numbers them
    pub family: u32,
    /// SOCK_RAW, SOCK_STREAM, SOCK_DGRAM
    pub type_: u32,
    /// as socket(2) takes it
    pub protocol: u32,
    /// enum wasm_bpf_socket_flag
    pub flags: u32,
    /// AF_PACKET: bound to it; 0: to all
    pub interface_index: i32,
    /// bound to it: Linux' struct sockaddr_in or sockaddr_in6; 0: not bound
    pub address: Ptr,
    pub address_size: u32,
}

impl SocketOptions {
    /// All zeros, but for its size.
    pub const fn new() -> Self {
        Self {
            size: 32,
            family: 0,
            type_: 0,
            protocol: 0,
            flags: 0,
            interface_index: 0,
            address: 0,
            address_size: 0,
        }
    }
}

const _: () = assert!(size_of::<SocketOptions>() == 32);

// host_number
pub const HOST_PROCESS_ID: u32 = 1;
/// of the thread that the guest runs on
pub const HOST_THREAD_ID: u32 = 2;
pub const HOST_PARENT_ID: u32 = 3;
pub const HOST_USER_ID: u32 = 4;
pub const HOST_EFFECTIVE_USER_ID: u32 = 5;
pub const HOST_GROUP_ID: u32 = 6;
pub const HOST_EFFECTIVE_GROUP_ID: u32 = 7;
pub const HOST_CONFIGURED_CPUS: u32 = 8;
pub const HOST_ONLINE_CPUS: u32 = 9;
pub const HOST_PAGE_SIZE: u32 = 10;
/// a second, of times in /proc
pub const HOST_CLOCK_TICKS: u32 = 11;
/// What stat(2) says of /proc/self/ns/pid, as bpf_get_ns_current_pid_tgid() takes it. The inode's 32 bits have no sign.
pub const HOST_PID_NAMESPACE_INODE: u32 = 12;
pub const HOST_PID_NAMESPACE_DEVICE: u32 = 13;

// host_name: as uname(2)
pub const HOST_SYSTEM: u32 = 0;
pub const HOST_NODE: u32 = 1;
pub const HOST_RELEASE: u32 = 2;
pub const HOST_VERSION: u32 = 3;
pub const HOST_MACHINE: u32 = 4;

/// local_time
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct LocalTime {
    /// seconds east of UTC
    pub utc_offset: i32,
    /// 1: daylight saving time
    pub is_summer: u32,
    /// of the time zone, terminated
    pub abbreviation: [u8; 24],
}

impl LocalTime {
    /// All zeros.
    pub const fn new() -> Self {
        Self {
            utc_offset: 0,
            is_summer: 0,
            abbreviation: [0; 24],
        }
    }
}

const _: () = assert!(size_of::<LocalTime>() == 32);

/// perf_ring_add
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct PerfRingOptions {
    pub size: u32,
    pub cpu: i32,
    /// the element that gets the event: the CPU, as a rule
    pub map_key: u32,
    /// of data, a power of 2: where there is no window; else the window says
    pub pages: u32,
    /// 0: 1
    pub sample_period: u32,
    /// 0: 1
    pub wakeup_events: u32,
    /// the kernel's struct perf_event_attr in the place of the two before; 0: BPF's output
    pub attr: Ptr,
    pub attr_size: u32,
}

impl PerfRingOptions {
    /// All zeros, but for its size.
    pub const fn new() -> Self {
        Self {
            size: 32,
            cpu: 0,
            map_key: 0,
            pages: 0,
            sample_period: 0,
            wakeup_events: 0,
            attr: 0,
            attr_size: 0,
        }
    }
}

const _: () = assert!(size_of::<PerfRingOptions>() == 32);

/// ring_info
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct RingInfo {
    /// bytes since the start; never wraps
    pub consumer_position: u64,
    pub producer_position: u64,
    /// the ring's size
    pub data_bytes: u32,
    /// 0: by ring_read and ring_write
    pub has_window: u32,
}

impl RingInfo {
    /// All zeros.
    pub const fn new() -> Self {
        Self {
            consumer_position: 0,
            producer_position: 0,
            data_bytes: 0,
            has_window: 0,
        }
    }
}

const _: () = assert!(size_of::<RingInfo>() == 24);

// metric_publish
/// only grows
pub const METRIC_COUNTER: u32 = 1;
pub const METRIC_GAUGE: u32 = 2;
pub const METRIC_HISTOGRAM: u32 = 3;

// metric_publish: how a number lies there
pub const METRIC_U64: u32 = 1;
pub const METRIC_I64: u32 = 2;
pub const METRIC_F64: u32 = 3;
pub const METRIC_U32: u32 = 4;
pub const METRIC_I32: u32 = 5;

// metric_publish: where
/// value, sum: addresses in guest memory, aligned to the numbers
pub const METRIC_IN_MEMORY: u32 = 1;
/// value, sum: offsets in the value of the map's element `key`
pub const METRIC_IN_ELEMENT: u32 = 2;
/// the same of every element; `element_labels` tell the samples apart
pub const METRIC_IN_EACH_ELEMENT: u32 = 3;
/// slot N of the histogram is at `value` in element N of an array map
pub const METRIC_IN_SLOTS: u32 = 4;

// metric_publish: what a label's text is made of
/// 1, 2, 4 or 8 bytes
pub const METRIC_LABEL_UNSIGNED: u32 = 1;
pub const METRIC_LABEL_SIGNED: u32 = 2;
/// unsigned, its first byte the highest, as a port
pub const METRIC_LABEL_NETWORK_ORDER: u32 = 3;
/// 4 bytes, as the network orders them
pub const METRIC_LABEL_IPV4: u32 = 4;
/// 16 bytes
pub const METRIC_LABEL_IPV6: u32 = 5;
/// up to a zero byte, or `size`
pub const METRIC_LABEL_TEXT: u32 = 6;
pub const METRIC_LABEL_HEX: u32 = 7;

/// metric_publish: a label made of each element
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct MetricLabel {
    pub name: Ptr,
    pub name_size: u32,
    /// enum wasm_bpf_metric_label_format
    pub format: u32,
    /// 0: of the element's key; 1: of its value, one CPU's
    pub in_value: u32,
    pub offset: u32,
    pub size: u32,
}

impl MetricLabel {
    /// All zeros.
    pub const fn new() -> Self {
        Self {
            name: 0,
            name_size: 0,
            format: 0,
            in_value: 0,
            offset: 0,
            size: 0,
        }
    }
}

const _: () = assert!(size_of::<MetricLabel>() == 24);

/// metric_publish
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct MetricOptions {
    pub size: u32,
    /// enum wasm_bpf_metric_kind
    pub kind: u32,
    /// as Prometheus wants them, without a suffix but for a counter's _total
    pub name: Ptr,
    pub name_size: u32,
    pub help: Ptr,
    pub help_size: u32,
    /// as "seconds", with which the name ends; or none
    pub unit: Ptr,
    pub unit_size: u32,
    /// terminated texts, one after another: name, value, name, value
    pub labels: Ptr,
    /// of all, terminators included
    pub labels_size: u32,
    /// enum wasm_bpf_metric_number: the value, or each slot (U64, U32)
    pub number: u32,
    /// numbers are shown times ten to the power of it: -9 makes ns seconds
    pub exponent: i32,
    /// enum wasm_bpf_metric_place
    pub place: u32,
    pub value: u32,
    /// histogram: the sum of the values
    pub sum: u32,
    /// enum wasm_bpf_metric_number; 0: there is no sum
    pub sum_number: u32,
    /// histogram: their number; they lie one after another
    pub slots: u32,
    /// histogram: inclusive upper bounds, double[slots - 1]; 0: slot N has up to 2^(N+1) - 1
    pub bounds: Ptr,
    pub map: Handle,
    pub key: Ptr,
    pub key_size: u32,
    /// struct wasm_bpf_metric_label[]
    pub element_labels: Ptr,
    pub element_label_count: u32,
}

impl MetricOptions {
    /// All zeros, but for its size.
    pub const fn new() -> Self {
        Self {
            size: 92,
            kind: 0,
            name: 0,
            name_size: 0,
            help: 0,
            help_size: 0,
            unit: 0,
            unit_size: 0,
            labels: 0,
            labels_size: 0,
            number: 0,
            exponent: 0,
            place: 0,
            value: 0,
            sum: 0,
            sum_number: 0,
            slots: 0,
            bounds: 0,
            map: 0,
            key: 0,
            key_size: 0,
            element_labels: 0,
            element_label_count: 0,
        }
    }
}

const _: () = assert!(size_of::<MetricOptions>() == 92);

/// program_test_run; data_out_size, context_out_size, return_value and duration_ns are results
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct TestRunOptions {
    pub size: u32,
    pub data_in: Ptr,
    pub data_in_size: u32,
    pub data_out: Ptr,
    /// in: room; out: bytes written
    pub data_out_size: u32,
    pub context_in: Ptr,
    pub context_in_size: u32,
    pub context_out: Ptr,
    /// in: room; out: bytes written
    pub context_out_size: u32,
    pub repeat: u32,
    pub flags: u32,
    pub return_value: u32,
    pub duration_ns: u32,
    /// with BPF_F_TEST_RUN_ON_CPU
    pub cpu: u32,
    /// with BPF_F_TEST_XDP_LIVE_FRAMES
    pub batch_size: u32,
    pub reserved: u32,
}

impl TestRunOptions {
    /// All zeros, but for its size.
    pub const fn new() -> Self {
        Self {
            size: 64,
            data_in: 0,
            data_in_size: 0,
            data_out: 0,
            data_out_size: 0,
            context_in: 0,
            context_in_size: 0,
            context_out: 0,
            context_out_size: 0,
            repeat: 0,
            flags: 0,
            return_value: 0,
            duration_ns: 0,
            cpu: 0,
            batch_size: 0,
            reserved: 0,
        }
    }
}

const _: () = assert!(size_of::<TestRunOptions>() == 64);

#[cfg(target_family = "wasm")]
#[link(wasm_import_module = "wasm_bpf_v1")]
unsafe extern "C" {
    /// Writes the text of the last call that failed, terminated and cut to `size`. Its full length without the terminator.
    pub fn error_text(text: *mut c_void, size: u32) -> i32;

    /// Writes what glibc says of an errno value (strerror), terminated and cut to `size`. Its full length without the terminator.
    pub fn error_name(error: i32, text: *mut c_void, size: u32) -> i32;

    /// From now on what libbpf says in the host during the guest's calls is kept for log_next, 4 MiB at most: messages of up to this level (0: warnings, 1: information, 2: debugging, as libbpf_print_level); negative: none. 0.
    pub fn log_keep(level: i32) -> i32;

    /// Takes the oldest of these messages: writes its level (u32) and its text, terminated. The text's length; where that is not below `size`, the text is empty and the message stays; 0 where there is none.
    pub fn log_next(level: *mut c_void, text: *mut c_void, size: u32) -> i32;

    /// Ends what the handle names: closes an object (its maps, programs and windows with it; links live on), detaches a link, unmaps a ring's windows, closes a socket or cgroup. Maps and programs end with their object: -EINVAL. 0.
    pub fn close(handle: Handle) -> i32;

    /// The number of possible CPUs: the values of a per-CPU map.
    pub fn possible_cpus() -> i32;

    /// Bits of enum wasm_bpf_host_feature: what this host offers beyond calls, as windows.
    pub fn host_features() -> i32;

    /// The running kernel's version as KERNEL_VERSION(major, minor, patch) makes it; a patch above 255 counts as 255.
    pub fn kernel_version() -> i32;

    /// A number of the host's: enum wasm_bpf_host_number; -EINVAL for one that it does not know.
    pub fn host_number(kind: u32) -> i32;

    /// Writes a name of the host's, as uname(2) has it, terminated and cut to `size`: enum wasm_bpf_host_name. Its length.
    pub fn host_name(kind: u32, text: *mut c_void, size: u32) -> i32;

    /// Writes struct wasm_bpf_local_time: the host's time zone at a time in seconds since 1970. 0.
    pub fn local_time(seconds: i64, zone: *mut c_void) -> i32;

    /// The index of a network interface; -ENODEV.
    pub fn interface_index(name: *const c_void, name_size: u32) -> i32;

    /// Writes the name of a network interface, terminated and cut to `size`. Its length; -ENODEV.
    pub fn interface_name(index: i32, name: *mut c_void, size: u32) -> i32;

    /// Writes struct wasm_bpf_interface_xdp, cut to `size`: what a network interface can do for XDP. 0; -ENODEV.
    pub fn interface_xdp(index: i32, info: *mut c_void, size: u32) -> i32;

    /// Looks a type, field, function or enumerator up in the running kernel's own BTF: struct wasm_bpf_btf_query. 0; -ENOENT; -EOPNOTSUPP where the kernel has no BTF.
    pub fn btf_query(query: *mut c_void) -> i32;

    /// Copies BTF, cut to `size`: an object's; with object 0 the kernel's own or, where `module` names one, that of a module, which is split from the kernel's. Its full size; -ENOENT; -EOPNOTSUPP where the kernel has no BTF.
    pub fn btf_read(object: Handle, module: *const c_void, module_size: u32, data: *mut c_void, size: u32) -> i32;

    /// Whether the kernel has it, by trying: enum wasm_bpf_feature_kind. 1 or 0; -EOPNOTSUPP for a number that the host does not know, and where a try says nothing.
    pub fn feature_probe(kind: u32, type_: u32, helper: u32) -> i32;

    /// Writes the address (u64) of a symbol of /proc/kallsyms; of several of one name the lowest. 0; -ENOENT; -EPERM where the kernel hides addresses. Policy: kernel_symbols.
    pub fn kernel_symbol(name: *const c_void, name_size: u32, address: *mut c_void) -> i32;

    /// Writes struct wasm_bpf_kernel_symbol, cut to `size`, of the last symbol that is not above the address. 0; -ENOENT; -EPERM where the kernel hides addresses. Policy: kernel_symbols.
    pub fn kernel_symbol_at(address: u64, symbol: *mut c_void, size: u32) -> i32;

    /// Pins a map, program or link at a path of a BPF file system, folders before it made where they are missing. It then outlives the guest. 0. Policy: pins.
    pub fn pin(handle: Handle, path: *const c_void, path_size: u32) -> i32;

    /// Removes the pin of a map, program or link at the path. 0. Policy: pins.
    pub fn unpin(handle: Handle, path: *const c_void, path_size: u32) -> i32;

    /// Opens what is pinned there: enum wasm_bpf_pinned_kind. `flags`: BPF_F_RDONLY or BPF_F_WRONLY for a map. A handle that the guest owns: close it. Policy: pins.
    pub fn open_pinned(path: *const c_void, path_size: u32, kind: u32, flags: u32) -> Handle;

    /// Opens a BPF object file. `options`: struct wasm_bpf_object_options, or 0. A handle.
    pub fn object_open(data: *const c_void, size: u32, options: *const c_void) -> Handle;

    /// Creates the maps, loads the programs, and turns the windows bound before into live ones. 0.
    pub fn object_load(object: Handle) -> i32;

    /// Writes the object's name, terminated and cut to `size`. Its length.
    pub fn object_name(object: Handle, name: *mut c_void, size: u32) -> i32;

    /// The map's handle; -ENOENT.
    pub fn object_find_map(object: Handle, name: *const c_void, name_size: u32) -> Handle;

    /// The map after `previous` (0: the first); 0 at the end.
    pub fn object_next_map(object: Handle, previous: Handle) -> Handle;

    /// The program's handle; -ENOENT.
    pub fn object_find_program(object: Handle, name: *const c_void, name_size: u32) -> Handle;

    /// The program after `previous` (0: the first); 0 at the end.
    pub fn object_next_program(object: Handle, previous: Handle) -> Handle;

    /// Creates a map without an object: struct wasm_bpf_map_create_options. A handle that the guest owns: close it.
    pub fn map_create(options: *const c_void) -> Handle;

    /// Writes struct wasm_bpf_map_info, cut to `size`. 0.
    pub fn map_info(map: Handle, info: *mut c_void, size: u32) -> i32;

    /// Sets enum wasm_bpf_map_field before load. 0.
    pub fn map_set(map: Handle, field: u32, value: u64) -> i32;

    /// Before load, for global data: what it starts with; exactly its size (data_bytes of wasm_bpf_map_info). 0.
    pub fn map_set_initial_value(map: Handle, value: *const c_void, size: u32) -> i32;

    /// Before load, for a map of maps: the shape of its inner maps, by example. 0.
    pub fn map_set_inner(map: Handle, inner: Handle) -> i32;

    /// Before load: no other program than this one of the same object may use the map. 0.
    pub fn map_set_exclusive(map: Handle, program: Handle) -> i32;

    /// The program that alone may use the map; 0 where any may.
    pub fn map_exclusive(map: Handle) -> Handle;

    /// Before load: where the map is pinned at load, or taken from where it is pinned already; no bytes: nowhere. 0. Policy: pins.
    pub fn map_set_pin_path(map: Handle, path: *const c_void, path_size: u32) -> i32;

    /// Writes where the map is pinned or will be at load, terminated and cut to `size`. Its full length; 0: nowhere.
    pub fn map_pin_path(map: Handle, path: *mut c_void, size: u32) -> i32;

    /// Before load: the object takes `existing`, of the same shape, in the place of its own map. 0.
    pub fn map_reuse(map: Handle, existing: Handle) -> i32;

    /// No call of user space may change the map any more; BPF programs may. 0.
    pub fn map_freeze(map: Handle) -> i32;

    /// Attaches the operations of a struct_ops map: struct wasm_bpf_attach_options (0: none). A link's handle.
    pub fn map_attach(map: Handle, options: *const c_void) -> Handle;

    /// Copies the struct of a struct_ops map, cut to `size`, as it lies in BPF: numbers, arrays of numbers, and of each function the handle of its program in 8 bytes (0: none). Everything else is 0. Its full size.
    pub fn map_struct_ops(map: Handle, content: *mut c_void, size: u32) -> i32;

    /// Before load: sets these members, from exactly its size; programs of the map's own object. What is neither a number nor a function stays as it is. 0.
    pub fn map_set_struct_ops(map: Handle, content: *const c_void, size: u32) -> i32;

    /// Copies an element to `value` (wasm_bpf_map_info.value_bytes; of BPF_F_CPU: value_size). Where elements are programs, maps or sockets: the kernel's id or cookie of it. 0; -ENOENT.
    pub fn map_lookup(map: Handle, key: *const c_void, value: *mut c_void, flags: u64) -> i32;

    /// Writes an element. `flags`: BPF_ANY, BPF_NOEXIST, BPF_EXIST, BPF_F_LOCK, and BPF_F_CPU where the kernel knows it. Where an element is a program, map, socket, cgroup or perf event: its handle. Keys of storage maps are handles too (a socket; a cgroup; of inodes: a cgroup, network namespace or socket), of task storage a process id. 0.
    pub fn map_update(map: Handle, key: *const c_void, value: *const c_void, flags: u64) -> i32;

    /// Deletes an element. 0.
    pub fn map_delete(map: Handle, key: *const c_void, flags: u64) -> i32;

    /// Copies an element and deletes it (queues and stacks: takes one; `key` is 0). 0.
    pub fn map_lookup_and_delete(map: Handle, key: *const c_void, value: *mut c_void, flags: u64) -> i32;

    /// The key after `key` (0: the first). 0; -ENOENT at the end.
    pub fn map_next_key(map: Handle, key: *const c_void, next_key: *mut c_void) -> i32;

    /// Copies many elements in one system call. The batch starts after `in_batch` (0: at the first) and the place where the next one starts goes to `out_batch`: both of max(key_size, 4) bytes. `count` (u32): in: room; out: elements. 0; -ENOENT after the last batch; -ENOSPC where a bucket of a hash needs more room.
    pub fn map_lookup_batch(map: Handle, in_batch: *const c_void, out_batch: *mut c_void, keys: *mut c_void, values: *mut c_void, count: *mut c_void, elem_flags: u64, flags: u64) -> i32;

    /// The same, and deletes them.
    pub fn map_lookup_and_delete_batch(map: Handle, in_batch: *const c_void, out_batch: *mut c_void, keys: *mut c_void, values: *mut c_void, count: *mut c_void, elem_flags: u64, flags: u64) -> i32;

    /// Writes many elements in one system call. `count` (u32): in: elements; out: those written. 0.
    pub fn map_update_batch(map: Handle, keys: *const c_void, values: *const c_void, count: *mut c_void, elem_flags: u64, flags: u64) -> i32;

    /// Deletes many elements in one system call. `count` (u32): in: elements; out: those deleted. 0.
    pub fn map_delete_batch(map: Handle, keys: *const c_void, count: *mut c_void, elem_flags: u64, flags: u64) -> i32;

    /// Copies the initial value of global data, cut to `size`. Its full size.
    pub fn map_initial_value(map: Handle, value: *mut c_void, size: u32) -> i32;

    /// Makes page-aligned guest memory of wasm_bpf_map_info.window_bytes the map's content. Before load: fills it with the initial value; what the guest writes there until object_load is what the map starts with. From load on it is the kernel's own memory, read-only for .rodata, until the map is closed. An arena is bound before load; the low 32 bits of the pointers in it are then the guest's, and its global variables move to wasm_bpf_map_info.data_offset. 0.
    pub fn map_window(map: Handle, window: *mut c_void, size: u32) -> i32;

    /// Copies `size` bytes of what a window of the map would show, after load, for hosts without windows. 0.
    pub fn map_read(map: Handle, offset: u64, data: *mut c_void, size: u32) -> i32;

    /// Copies `size` bytes to what a window of the map would show. 0; -EPERM where it is read-only.
    pub fn map_write(map: Handle, offset: u64, data: *const c_void, size: u32) -> i32;

    /// Writes struct wasm_bpf_program_info, cut to `size`. 0.
    pub fn program_info(program: Handle, info: *mut c_void, size: u32) -> i32;

    /// Sets enum wasm_bpf_program_field: autoattach at any time, the others before load (-EBUSY). 0.
    pub fn program_set(program: Handle, field: u32, value: u64) -> i32;

    /// Before load, for fentry, fexit, lsm and kin: the function to attach to, in the kernel (`target` 0) or in another loaded program. 0.
    pub fn program_set_attach_target(program: Handle, target: Handle, name: *const c_void, name_size: u32) -> i32;

    /// Writes the verifier's log of the program's load, terminated and cut to `size`; there is one where the object's kernel_log_level or the program's log level asked for it, or where the load failed. Its full length.
    pub fn program_log(program: Handle, text: *mut c_void, size: u32) -> i32;

    /// Copies the program's instructions (struct bpf_insn), cut to `size`: as in the object before load, as the kernel got them after. Their full size in bytes.
    pub fn program_instructions(program: Handle, data: *mut c_void, size: u32) -> i32;

    /// Copies what the object says of the program's code, cut to `size`: enum wasm_bpf_code_info_kind. Its full size; 0 where it says nothing.
    pub fn program_code_info(program: Handle, kind: u32, data: *mut c_void, size: u32) -> i32;

    /// Writes struct bpf_prog_info of linux/bpf.h, cut to `size`: what the kernel says of a loaded program, among it its sizes, its runs and their time where the kernel counts them. Pointers in it are 0. 0.
    pub fn program_kernel_info(program: Handle, info: *mut c_void, size: u32) -> i32;

    /// Gives the kernel's program up, as if it had not been loaded; links keep it. 0.
    pub fn program_unload(program: Handle) -> i32;

    /// Makes a loaded program keep a map, as those that it uses. 0.
    pub fn program_bind_map(program: Handle, map: Handle, flags: u32) -> i32;

    /// Takes what a loaded program wrote to its stream (BPF_STREAM_STDOUT, BPF_STREAM_STDERR), or the kernel about it, up to `size`. The number of bytes; 0 where there is nothing.
    pub fn program_stream_read(program: Handle, stream: u32, data: *mut c_void, size: u32) -> i32;

    /// Associates a loaded program with a struct_ops map, for kfuncs that ask for one. 0.
    pub fn program_use_struct_ops(program: Handle, map: Handle, flags: u32) -> i32;

    /// Attaches by the section's name, or as struct wasm_bpf_attach_options says (0: by name). A link's handle.
    pub fn program_attach(program: Handle, options: *const c_void) -> Handle;

    /// Runs the program in the kernel: struct wasm_bpf_test_run_options. 0; -ENOSPC where data_out is too small (its size is then what there was to write).
    pub fn program_test_run(program: Handle, options: *mut c_void) -> i32;

    /// Writes struct wasm_bpf_link_info, cut to `size`. 0; -EOPNOTSUPP for an attachment that is no link of the kernel's (a legacy tc filter, a socket's filter).
    pub fn link_info(link: Handle, info: *mut c_void, size: u32) -> i32;

    /// Puts another loaded program (or struct_ops map) in the place of the link's own, with no moment between them. 0.
    pub fn link_update(link: Handle, replacement: Handle) -> i32;

    /// Detaches now, and leaves the link as a name for what was attached until it is closed. 0; -EOPNOTSUPP for kinds of the kernel's links that end only when they are closed (all that trace).
    pub fn link_detach(link: Handle) -> i32;

    /// Starts one pass of an attached iterator: a stream's handle for stream_read.
    pub fn iterator_open(link: Handle) -> Handle;

    /// Reads what an iterator's program writes, or the value of a perf event (read_format of its attr). The number of bytes; 0 at the end.
    pub fn stream_read(stream: Handle, data: *mut c_void, size: u32) -> i32;

    /// perf_event_open(2): `attr` is the kernel's struct perf_event_attr, of the types hardware, software, tracepoint, hw_cache, raw and breakpoint; `group` an event's handle, or 0. A handle. Policy: perf_events.
    pub fn perf_event_open(attr: *const c_void, attr_size: u32, pid: i32, cpu: i32, group: Handle, flags: u32) -> Handle;

    /// Enables, disables or resets it: enum wasm_bpf_perf_event_command. 0.
    pub fn perf_event_control(event: Handle, command: u32) -> i32;

    /// Opens a socket of the host for a program or a map: struct wasm_bpf_socket_options. A handle. Policy: sockets.
    pub fn socket_open(options: *const c_void) -> Handle;

    /// Binds a socket to an address: Linux' struct sockaddr_ll, sockaddr_in or sockaddr_in6, as the socket has it. 0.
    pub fn socket_bind(socket: Handle, address: *const c_void, size: u32) -> i32;

    /// Opens a network namespace of the host (as /run/netns/NAME or /proc/PID/ns/net) to attach to; no bytes: the host's own. A handle. Policy: attach.
    pub fn network_namespace_open(path: *const c_void, path_size: u32) -> Handle;

    /// Opens a cgroup2 folder of the host to attach to. A handle.
    pub fn cgroup_open(path: *const c_void, path_size: u32) -> Handle;

    /// A file or folder of the host, by its whole path, as the key of an inode storage map; nothing is read or written by it. A handle. Policy: files.
    pub fn file_open(path: *const c_void, path_size: u32) -> Handle;

    /// A set of ring, perf and user ring buffers with one wait call. A handle.
    pub fn ring_open() -> Handle;

    /// Adds a ring buffer or a user ring buffer. Its window is page-aligned guest memory of wasm_bpf_map_info.window_bytes: consumer page, producer page, then the data, twice in a row; the framing is the kernel's: docs/guest_memory.md. No window (0 and 0): ring_read and ring_write copy. Its index in the set.
    pub fn ring_add(ring: Handle, map: Handle, window: *mut c_void, size: u32) -> i32;

    /// Adds the perf buffer of one CPU: opens its event and puts it in the perf event array: struct wasm_bpf_perf_ring_options. Its window is the page of struct perf_event_mmap_page, then the data, a power of 2 of pages. No window (0): ring_read copies. Its index in the set; -ENODEV where the CPU is offline.
    pub fn perf_ring_add(ring: Handle, map: Handle, options: *const c_void, window: *mut c_void, size: u32) -> i32;

    /// Waits until a ring of the set has records, or the kernel took records from a user ring buffer (a negative timeout: for ever). The number of such rings; 0 at the timeout. Records that stay in a ring buffer are told of again, those that stay in a perf buffer only with the next one. The guest's loads that follow see what the kernel wrote before.
    pub fn ring_wait(ring: Handle, timeout_ms: i32) -> i32;

    /// Orders the guest's loads that follow after what the kernel wrote before, without a system call. 0.
    pub fn ring_acquire(ring: Handle) -> i32;

    /// For rings without a window: copies the whole records that are there and fit, in the kernel's own framing, and gives their room back. The number of bytes; 0 where there are none; -ENOSPC where not even the first fits.
    pub fn ring_read(ring: Handle, index: u32, data: *mut c_void, size: u32) -> i32;

    /// For user ring buffers without a window: copies whole records, in the kernel's own framing, to the ring. The number of bytes taken, whole records only; 0 where it is full.
    pub fn ring_write(ring: Handle, index: u32, data: *const c_void, size: u32) -> i32;

    /// Writes struct wasm_bpf_ring_info, cut to `size`: where consumer and producer are now. 0.
    pub fn ring_info(ring: Handle, index: u32, info: *mut c_void, size: u32) -> i32;

    /// Publishes a counter, gauge or histogram (struct wasm_bpf_metric_options) for as long as its handle is open. From now on the host reads its numbers, where they lie, whenever it is asked for them; no call of the guest's tells them. One in a map ends with the map. A handle; 0 for "wasm_bpf_events" and "wasm_bpf_lost_samples", which end with the guest.
    pub fn metric_publish(options: *const c_void) -> Handle;

    /// What is done about a signal from now on: enum wasm_bpf_signal_action. Its handler, entry `function` of the guest's table, `(signal, 0, 0) -> i32`, or, where that is 0, the export `wasm_bpf_signal(signal) -> i32`, runs between any two instructions of the guest, or before a call that waits returns -EINTR; the signals of `blocked` (bit N - 1: signal N) wait meanwhile. The action before.
    pub fn signal_action(signal: i32, action: i32, blocked: u64, function: u32) -> i32;

    /// Blocks signals, so that they wait: enum wasm_bpf_signal_mask; any other `how` changes nothing. Handlers of those that waited have run when it returns. Those that were blocked before.
    pub fn signal_mask(how: i32, signals: u64) -> u64;

    /// The signals that came in and wait.
    pub fn signal_pending() -> u64;

    /// Sends the guest a signal. Its handler has run when it returns, unless the signal is blocked. 0.
    pub fn signal_raise(signal: i32) -> i32;

    /// Blocks exactly these signals and waits until a handler has run, then blocks those that were blocked before. -EINTR.
    pub fn signal_suspend(blocked: u64) -> i32;

    /// Waits for one of these signals, which are blocked, and takes it without a handler. All ones: for ever. Its number; -EAGAIN at the timeout, -EINTR where a handler ran.
    pub fn signal_wait(signals: u64, timeout_ns: u64) -> i32;

    /// Sends the guest SIGALRM after `first_ns` (0: never, all ones: as before) and then, unless it is 0, every `interval_ns`. What was left of the time before; 0: there was none.
    pub fn signal_alarm(first_ns: u64, interval_ns: u64) -> u64;
}
