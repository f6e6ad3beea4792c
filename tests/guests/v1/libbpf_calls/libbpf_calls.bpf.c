// SPDX-License-Identifier: GPL-2.0
// Something of each kind that libbpf's low-level calls take.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

__u64 enters;

SEC("raw_tp/sys_enter")
int count(void *context)
{
	__sync_fetch_and_add(&enters, 1);
	return 0;
}

SEC("iter/bpf_map")
int dump(void *context)
{
	return 0;
}

SEC("socket")
int pass(struct __sk_buff *packet)
{
	return 7;
}

char LICENSE[] SEC("license") = "GPL";
