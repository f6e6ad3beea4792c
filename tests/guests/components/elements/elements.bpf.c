#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct bpf_iter__bpf_map;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} numbers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
} steps SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} devices SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_CGRP_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} of_cgroups SEC(".maps");

const volatile __u32 factor = 2;
__u64 total = 5;

SEC("syscall")
int add(__u32 *argument)
{
	total += (__u64)*argument * factor;
	*argument += 1;
	return 7;
}

SEC("tp/syscalls/sys_enter_getpgid")
int count(void *context)
{
	__u32 key = 0;
	__u64 *counted = bpf_map_lookup_elem(&counts, &key);

	if (counted)
		*counted += 1;
	return 0;
}

SEC("socket")
int next(struct __sk_buff *packet)
{
	bpf_tail_call(packet, &steps, 0);
	return 0;
}

SEC("iter/bpf_map")
int list(struct bpf_iter__bpf_map *context)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
