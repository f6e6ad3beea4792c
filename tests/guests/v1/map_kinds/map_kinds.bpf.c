// SPDX-License-Identifier: GPL-2.0
// A map of every kind that is made by its definition.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define MAP(NAME, TYPE, KEY, VALUE, ENTRIES, ...)                                                            \
	struct {                                                                                             \
		__uint(type, TYPE);                                                                          \
		__type(key, KEY);                                                                            \
		__type(value, VALUE);                                                                        \
		__uint(max_entries, ENTRIES);                                                                \
		__VA_ARGS__                                                                                  \
	} NAME SEC(".maps")
#define KEYLESS(NAME, TYPE, VALUE, ENTRIES)                                                                  \
	struct {                                                                                             \
		__uint(type, TYPE);                                                                          \
		__type(value, VALUE);                                                                        \
		__uint(max_entries, ENTRIES);                                                                \
	} NAME SEC(".maps")

struct route {
	__u32 prefix_bits;
	__u8 address[4];
};
struct locked {
	struct bpf_spin_lock lock;
	__u32 value;
};
typedef __u64 stack[127];

MAP(hash, BPF_MAP_TYPE_HASH, __u32, __u64, 8);
MAP(array, BPF_MAP_TYPE_ARRAY, __u32, __u64, 8);
MAP(lru_hash, BPF_MAP_TYPE_LRU_HASH, __u32, __u64, 8);
MAP(routes, BPF_MAP_TYPE_LPM_TRIE, struct route, __u64, 8, __uint(map_flags, BPF_F_NO_PREALLOC););
MAP(stacks, BPF_MAP_TYPE_STACK_TRACE, __u32, stack, 8);
MAP(locked, BPF_MAP_TYPE_ARRAY, __u32, struct locked, 2);
/* 12 bytes: each CPU's value takes 16. */
struct odd {
	__u32 part[3];
};
MAP(percpu_hash, BPF_MAP_TYPE_PERCPU_HASH, __u32, struct odd, 8);
MAP(percpu_array, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, struct odd, 8);
MAP(percpu_lru, BPF_MAP_TYPE_LRU_PERCPU_HASH, __u32, struct odd, 8);
KEYLESS(queue, BPF_MAP_TYPE_QUEUE, __u32, 4);
KEYLESS(stack_of_numbers, BPF_MAP_TYPE_STACK, __u32, 4);
KEYLESS(bloom, BPF_MAP_TYPE_BLOOM_FILTER, __u32, 64);
MAP(programs, BPF_MAP_TYPE_PROG_ARRAY, __u32, __u32, 4);
MAP(cgroups, BPF_MAP_TYPE_CGROUP_ARRAY, __u32, __u32, 4);
MAP(events, BPF_MAP_TYPE_PERF_EVENT_ARRAY, __u32, __u32, 0);
MAP(devices, BPF_MAP_TYPE_DEVMAP, __u32, struct bpf_devmap_val, 4);
MAP(device_hash, BPF_MAP_TYPE_DEVMAP_HASH, __u32, __u32, 4);
MAP(cpus, BPF_MAP_TYPE_CPUMAP, __u32, struct bpf_cpumap_val, 1);
MAP(af_xdp, BPF_MAP_TYPE_XSKMAP, __u32, __u32, 4);
MAP(sockets, BPF_MAP_TYPE_SOCKMAP, __u32, __u64, 4);
MAP(socket_hash, BPF_MAP_TYPE_SOCKHASH, __u32, __u64, 4);
MAP(listeners, BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, __u32, __u64, 4);
MAP(of_sockets, BPF_MAP_TYPE_SK_STORAGE, int, __u64, 0, __uint(map_flags, BPF_F_NO_PREALLOC););
MAP(of_tasks, BPF_MAP_TYPE_TASK_STORAGE, int, __u64, 0, __uint(map_flags, BPF_F_NO_PREALLOC););
MAP(of_cgroups, BPF_MAP_TYPE_CGRP_STORAGE, int, __u64, 0, __uint(map_flags, BPF_F_NO_PREALLOC););
KEYLESS(unused_pointer_to_struct_odd, BPF_MAP_TYPE_QUEUE, struct odd, 1);

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} user_ring SEC(".maps");

/* BPF_MAP_TYPE_ARENA */
struct {
	__uint(type, BPF_MAP_TYPE_ARENA);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__ulong(map_extra, 0x10000);
} arena SEC(".maps");

SEC("syscall")
int give_me(void *context)
{
	(void)context;
	return 7;
}

SEC("socket")
int pass(void *context)
{
	(void)context;
	return 0;
}

SEC("xdp/devmap")
int forward(struct xdp_md *context)
{
	(void)context;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
