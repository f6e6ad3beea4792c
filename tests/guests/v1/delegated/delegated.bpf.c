// SPDX-License-Identifier: GPL-2.0
// What takes CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON of who loads it: maps and programs for a BPF token.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} seen SEC(".maps");

__u64 runs;

SEC("xdp")
int on_packet(struct xdp_md *context)
{
	__u32 key = 7;
	__u64 length = context->data_end - context->data;

	bpf_map_update_elem(&seen, &key, &length, BPF_ANY);
	__sync_fetch_and_add(&runs, 1);
	return XDP_PASS;
}

SEC("raw_tp/sys_enter")
int on_system_call(void *context)
{
	(void)context;
	__sync_fetch_and_add(&runs, 1);
	return 0;
}

SEC("kprobe/do_nanosleep")
int on_kprobe(void *context)
{
	(void)context;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
