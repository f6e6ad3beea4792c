// SPDX-License-Identifier: GPL-2.0
// Two ring buffers that test runs fill, and a hash map.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "cpp_layer.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} first SEC(".maps"), second SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, struct record);
} table SEC(".maps");

const volatile __u64 start_at = 0;
__u64 runs = 0;

SEC("syscall")
int emit(__u32 *count)
{
	struct record record = {};

	runs++;
	for (__u32 i = 0; i < 16 && i < *count; i++) {
		record.number = start_at + i;
		record.ring = 1;
		bpf_ringbuf_output(&first, &record, sizeof(record), 0);
		record.ring = 2;
		bpf_ringbuf_output(&second, &record, sizeof(record), 0);
	}
	bpf_ringbuf_output(&first, &record, 4, 0); /* shorter than a record */
	return 0;
}

SEC("raw_tp/sys_enter")
int on_call(void *ctx)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
