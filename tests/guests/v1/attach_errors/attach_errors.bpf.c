// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} table SEC(".maps");

SEC("kprobe.multi")
int on_functions(void *context)
{
	return 0;
}

SEC("raw_tp/sys_enter")
int by_section(void *context)
{
	return 0;
}

SEC("kprobe/")
int nowhere(void *context)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
