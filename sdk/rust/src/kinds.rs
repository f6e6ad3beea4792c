//! The kernel's kinds of maps, programs and attachments: numbers, of which a newer kernel has more.

use std::fmt;

macro_rules! numbers {
    ($(#[$meta:meta])* $name:ident: $of:literal {$($(#[$constant_meta:meta])* $constant:ident = $value:expr;)*}) => {
        $(#[$meta])*
        #[repr(transparent)]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(
            /// The kernel's number.
            pub u32,
        );

        impl $name {
            $($(#[$constant_meta])* pub const $constant: Self = Self($value);)*
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                const NAMES: &[(u32, &str)] = &[$(($value, stringify!($constant))),*];
                match NAMES.iter().find(|(value, _)| *value == self.0) {
                    Some((_, name)) => f.write_str(name),
                    None => write!(f, concat!($of, "({})"), self.0),
                }
            }
        }
    };
}

numbers! {
    /// The type of a map: `enum bpf_map_type`.
    MapType: "bpf_map_type" {
        /// `BPF_MAP_TYPE_UNSPEC`
        UNSPEC = 0;
        /// `BPF_MAP_TYPE_HASH`
        HASH = 1;
        /// `BPF_MAP_TYPE_ARRAY`
        ARRAY = 2;
        /// `BPF_MAP_TYPE_PROG_ARRAY`
        PROG_ARRAY = 3;
        /// `BPF_MAP_TYPE_PERF_EVENT_ARRAY`
        PERF_EVENT_ARRAY = 4;
        /// `BPF_MAP_TYPE_PERCPU_HASH`
        PERCPU_HASH = 5;
        /// `BPF_MAP_TYPE_PERCPU_ARRAY`
        PERCPU_ARRAY = 6;
        /// `BPF_MAP_TYPE_STACK_TRACE`
        STACK_TRACE = 7;
        /// `BPF_MAP_TYPE_CGROUP_ARRAY`
        CGROUP_ARRAY = 8;
        /// `BPF_MAP_TYPE_LRU_HASH`
        LRU_HASH = 9;
        /// `BPF_MAP_TYPE_LRU_PERCPU_HASH`
        LRU_PERCPU_HASH = 10;
        /// `BPF_MAP_TYPE_LPM_TRIE`
        LPM_TRIE = 11;
        /// `BPF_MAP_TYPE_ARRAY_OF_MAPS`
        ARRAY_OF_MAPS = 12;
        /// `BPF_MAP_TYPE_HASH_OF_MAPS`
        HASH_OF_MAPS = 13;
        /// `BPF_MAP_TYPE_DEVMAP`
        DEVMAP = 14;
        /// `BPF_MAP_TYPE_SOCKMAP`
        SOCKMAP = 15;
        /// `BPF_MAP_TYPE_CPUMAP`
        CPUMAP = 16;
        /// `BPF_MAP_TYPE_XSKMAP`
        XSKMAP = 17;
        /// `BPF_MAP_TYPE_SOCKHASH`
        SOCKHASH = 18;
        /// `BPF_MAP_TYPE_CGROUP_STORAGE`
        CGROUP_STORAGE = 19;
        /// `BPF_MAP_TYPE_REUSEPORT_SOCKARRAY`
        REUSEPORT_SOCKARRAY = 20;
        /// `BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE`
        PERCPU_CGROUP_STORAGE = 21;
        /// `BPF_MAP_TYPE_QUEUE`
        QUEUE = 22;
        /// `BPF_MAP_TYPE_STACK`
        STACK = 23;
        /// `BPF_MAP_TYPE_SK_STORAGE`
        SK_STORAGE = 24;
        /// `BPF_MAP_TYPE_DEVMAP_HASH`
        DEVMAP_HASH = 25;
        /// `BPF_MAP_TYPE_STRUCT_OPS`
        STRUCT_OPS = 26;
        /// `BPF_MAP_TYPE_RINGBUF`
        RINGBUF = 27;
        /// `BPF_MAP_TYPE_INODE_STORAGE`
        INODE_STORAGE = 28;
        /// `BPF_MAP_TYPE_TASK_STORAGE`
        TASK_STORAGE = 29;
        /// `BPF_MAP_TYPE_BLOOM_FILTER`
        BLOOM_FILTER = 30;
        /// `BPF_MAP_TYPE_USER_RINGBUF`
        USER_RINGBUF = 31;
        /// `BPF_MAP_TYPE_CGRP_STORAGE`
        CGRP_STORAGE = 32;
        /// `BPF_MAP_TYPE_ARENA`
        ARENA = 33;
        /// `BPF_MAP_TYPE_INSN_ARRAY`
        INSN_ARRAY = 34;
    }
}

numbers! {
    /// The type of a program: `enum bpf_prog_type`.
    ProgramType: "bpf_prog_type" {
        /// `BPF_PROG_TYPE_UNSPEC`
        UNSPEC = 0;
        /// `BPF_PROG_TYPE_SOCKET_FILTER`
        SOCKET_FILTER = 1;
        /// `BPF_PROG_TYPE_KPROBE`
        KPROBE = 2;
        /// `BPF_PROG_TYPE_SCHED_CLS`
        SCHED_CLS = 3;
        /// `BPF_PROG_TYPE_SCHED_ACT`
        SCHED_ACT = 4;
        /// `BPF_PROG_TYPE_TRACEPOINT`
        TRACEPOINT = 5;
        /// `BPF_PROG_TYPE_XDP`
        XDP = 6;
        /// `BPF_PROG_TYPE_PERF_EVENT`
        PERF_EVENT = 7;
        /// `BPF_PROG_TYPE_CGROUP_SKB`
        CGROUP_SKB = 8;
        /// `BPF_PROG_TYPE_CGROUP_SOCK`
        CGROUP_SOCK = 9;
        /// `BPF_PROG_TYPE_LWT_IN`
        LWT_IN = 10;
        /// `BPF_PROG_TYPE_LWT_OUT`
        LWT_OUT = 11;
        /// `BPF_PROG_TYPE_LWT_XMIT`
        LWT_XMIT = 12;
        /// `BPF_PROG_TYPE_SOCK_OPS`
        SOCK_OPS = 13;
        /// `BPF_PROG_TYPE_SK_SKB`
        SK_SKB = 14;
        /// `BPF_PROG_TYPE_CGROUP_DEVICE`
        CGROUP_DEVICE = 15;
        /// `BPF_PROG_TYPE_SK_MSG`
        SK_MSG = 16;
        /// `BPF_PROG_TYPE_RAW_TRACEPOINT`
        RAW_TRACEPOINT = 17;
        /// `BPF_PROG_TYPE_CGROUP_SOCK_ADDR`
        CGROUP_SOCK_ADDR = 18;
        /// `BPF_PROG_TYPE_LWT_SEG6LOCAL`
        LWT_SEG6LOCAL = 19;
        /// `BPF_PROG_TYPE_LIRC_MODE2`
        LIRC_MODE2 = 20;
        /// `BPF_PROG_TYPE_SK_REUSEPORT`
        SK_REUSEPORT = 21;
        /// `BPF_PROG_TYPE_FLOW_DISSECTOR`
        FLOW_DISSECTOR = 22;
        /// `BPF_PROG_TYPE_CGROUP_SYSCTL`
        CGROUP_SYSCTL = 23;
        /// `BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE`
        RAW_TRACEPOINT_WRITABLE = 24;
        /// `BPF_PROG_TYPE_CGROUP_SOCKOPT`
        CGROUP_SOCKOPT = 25;
        /// `BPF_PROG_TYPE_TRACING`
        TRACING = 26;
        /// `BPF_PROG_TYPE_STRUCT_OPS`
        STRUCT_OPS = 27;
        /// `BPF_PROG_TYPE_EXT`
        EXT = 28;
        /// `BPF_PROG_TYPE_LSM`
        LSM = 29;
        /// `BPF_PROG_TYPE_SK_LOOKUP`
        SK_LOOKUP = 30;
        /// `BPF_PROG_TYPE_SYSCALL`
        SYSCALL = 31;
        /// `BPF_PROG_TYPE_NETFILTER`
        NETFILTER = 32;
    }
}

numbers! {
    /// Where a program is attached: `enum bpf_attach_type`.
    AttachType: "bpf_attach_type" {
        /// `BPF_CGROUP_INET_INGRESS`
        CGROUP_INET_INGRESS = 0;
        /// `BPF_CGROUP_INET_EGRESS`
        CGROUP_INET_EGRESS = 1;
        /// `BPF_CGROUP_INET_SOCK_CREATE`
        CGROUP_INET_SOCK_CREATE = 2;
        /// `BPF_CGROUP_SOCK_OPS`
        CGROUP_SOCK_OPS = 3;
        /// `BPF_SK_SKB_STREAM_PARSER`
        SK_SKB_STREAM_PARSER = 4;
        /// `BPF_SK_SKB_STREAM_VERDICT`
        SK_SKB_STREAM_VERDICT = 5;
        /// `BPF_CGROUP_DEVICE`
        CGROUP_DEVICE = 6;
        /// `BPF_SK_MSG_VERDICT`
        SK_MSG_VERDICT = 7;
        /// `BPF_CGROUP_INET4_BIND`
        CGROUP_INET4_BIND = 8;
        /// `BPF_CGROUP_INET6_BIND`
        CGROUP_INET6_BIND = 9;
        /// `BPF_CGROUP_INET4_CONNECT`
        CGROUP_INET4_CONNECT = 10;
        /// `BPF_CGROUP_INET6_CONNECT`
        CGROUP_INET6_CONNECT = 11;
        /// `BPF_CGROUP_INET4_POST_BIND`
        CGROUP_INET4_POST_BIND = 12;
        /// `BPF_CGROUP_INET6_POST_BIND`
        CGROUP_INET6_POST_BIND = 13;
        /// `BPF_CGROUP_UDP4_SENDMSG`
        CGROUP_UDP4_SENDMSG = 14;
        /// `BPF_CGROUP_UDP6_SENDMSG`
        CGROUP_UDP6_SENDMSG = 15;
        /// `BPF_LIRC_MODE2`
        LIRC_MODE2 = 16;
        /// `BPF_FLOW_DISSECTOR`
        FLOW_DISSECTOR = 17;
        /// `BPF_CGROUP_SYSCTL`
        CGROUP_SYSCTL = 18;
        /// `BPF_CGROUP_UDP4_RECVMSG`
        CGROUP_UDP4_RECVMSG = 19;
        /// `BPF_CGROUP_UDP6_RECVMSG`
        CGROUP_UDP6_RECVMSG = 20;
        /// `BPF_CGROUP_GETSOCKOPT`
        CGROUP_GETSOCKOPT = 21;
        /// `BPF_CGROUP_SETSOCKOPT`
        CGROUP_SETSOCKOPT = 22;
        /// `BPF_TRACE_RAW_TP`
        TRACE_RAW_TP = 23;
        /// `BPF_TRACE_FENTRY`
        TRACE_FENTRY = 24;
        /// `BPF_TRACE_FEXIT`
        TRACE_FEXIT = 25;
        /// `BPF_MODIFY_RETURN`
        MODIFY_RETURN = 26;
        /// `BPF_LSM_MAC`
        LSM_MAC = 27;
        /// `BPF_TRACE_ITER`
        TRACE_ITER = 28;
        /// `BPF_CGROUP_INET4_GETPEERNAME`
        CGROUP_INET4_GETPEERNAME = 29;
        /// `BPF_CGROUP_INET6_GETPEERNAME`
        CGROUP_INET6_GETPEERNAME = 30;
        /// `BPF_CGROUP_INET4_GETSOCKNAME`
        CGROUP_INET4_GETSOCKNAME = 31;
        /// `BPF_CGROUP_INET6_GETSOCKNAME`
        CGROUP_INET6_GETSOCKNAME = 32;
        /// `BPF_XDP_DEVMAP`
        XDP_DEVMAP = 33;
        /// `BPF_CGROUP_INET_SOCK_RELEASE`
        CGROUP_INET_SOCK_RELEASE = 34;
        /// `BPF_XDP_CPUMAP`
        XDP_CPUMAP = 35;
        /// `BPF_SK_LOOKUP`
        SK_LOOKUP = 36;
        /// `BPF_XDP`
        XDP = 37;
        /// `BPF_SK_SKB_VERDICT`
        SK_SKB_VERDICT = 38;
        /// `BPF_SK_REUSEPORT_SELECT`
        SK_REUSEPORT_SELECT = 39;
        /// `BPF_SK_REUSEPORT_SELECT_OR_MIGRATE`
        SK_REUSEPORT_SELECT_OR_MIGRATE = 40;
        /// `BPF_PERF_EVENT`
        PERF_EVENT = 41;
        /// `BPF_TRACE_KPROBE_MULTI`
        TRACE_KPROBE_MULTI = 42;
        /// `BPF_LSM_CGROUP`
        LSM_CGROUP = 43;
        /// `BPF_STRUCT_OPS`
        STRUCT_OPS = 44;
        /// `BPF_NETFILTER`
        NETFILTER = 45;
        /// `BPF_TCX_INGRESS`
        TCX_INGRESS = 46;
        /// `BPF_TCX_EGRESS`
        TCX_EGRESS = 47;
        /// `BPF_TRACE_UPROBE_MULTI`
        TRACE_UPROBE_MULTI = 48;
        /// `BPF_CGROUP_UNIX_CONNECT`
        CGROUP_UNIX_CONNECT = 49;
        /// `BPF_CGROUP_UNIX_SENDMSG`
        CGROUP_UNIX_SENDMSG = 50;
        /// `BPF_CGROUP_UNIX_RECVMSG`
        CGROUP_UNIX_RECVMSG = 51;
        /// `BPF_CGROUP_UNIX_GETPEERNAME`
        CGROUP_UNIX_GETPEERNAME = 52;
        /// `BPF_CGROUP_UNIX_GETSOCKNAME`
        CGROUP_UNIX_GETSOCKNAME = 53;
        /// `BPF_NETKIT_PRIMARY`
        NETKIT_PRIMARY = 54;
        /// `BPF_NETKIT_PEER`
        NETKIT_PEER = 55;
        /// `BPF_TRACE_KPROBE_SESSION`
        TRACE_KPROBE_SESSION = 56;
        /// `BPF_TRACE_UPROBE_SESSION`
        TRACE_UPROBE_SESSION = 57;
        /// `BPF_TRACE_FSESSION`
        TRACE_FSESSION = 58;
    }
}

/// How an element is looked up or written. They are combined by `|`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MapFlags(
    /// The kernel's number.
    pub u64,
);

impl MapFlags {
    /// `BPF_ANY`: whether it is there or not
    pub const ANY: Self = Self(0);
    /// `BPF_NOEXIST`: only a new one
    pub const NO_EXIST: Self = Self(1);
    /// `BPF_EXIST`: only one that is there
    pub const EXIST: Self = Self(2);
    /// `BPF_F_LOCK`: under the lock that is in the value
    pub const LOCK: Self = Self(4);
}

impl std::ops::BitOr for MapFlags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
