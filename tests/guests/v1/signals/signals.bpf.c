// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
} perf_events SEC(".maps");

/* Puts a record of the first four bytes into the ring. */
SEC("xdp")
int put(struct xdp_md *context)
{
	__u32 *data = (__u32 *)(long)context->data;

	if ((char *)data + 14 > (char *)(long)context->data_end)
		return XDP_ABORTED;
	__u32 record = *data;
	return bpf_ringbuf_output(&events, &record, sizeof(record), 0) ? XDP_ABORTED : XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
