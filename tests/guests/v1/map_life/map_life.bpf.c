// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u64);
} table SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 4);
	__uint(key_size, 4);
	__uint(value_size, 4);
} outer SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} storage SEC(".maps");

__u64 counter;

/* Adds one to element 7 of the table and counts itself. */
SEC("syscall")
int add(void *context)
{
	__u32 key = 7;
	__u64 *value = bpf_map_lookup_elem(&table, &key);

	(void)context;
	counter++;
	if (value)
		*value += 1;
	return value != 0;
}

char LICENSE[] SEC("license") = "GPL";
