// SPDX-License-Identifier: GPL-2.0
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

__u64 calls;

SEC("struct_ops/window")
__u32 BPF_PROG(window, struct sock *sk)
{
	__sync_fetch_and_add(&calls, 1);
	return 2;
}

SEC("struct_ops/avoid")
void BPF_PROG(avoid, struct sock *sk, __u32 ack, __u32 acked)
{
	__sync_fetch_and_add(&calls, 1);
}

SEC("struct_ops/undo")
__u32 BPF_PROG(undo, struct sock *sk)
{
	return 2;
}

SEC("?struct_ops/other_undo")
__u32 BPF_PROG(other_undo, struct sock *sk)
{
	return bpf_ktime_get_ns() % 3;
}

SEC("raw_tp/sys_enter")
int no_operation(void *context)
{
	return 0;
}

SEC(".struct_ops")
struct tcp_congestion_ops algorithm = {
	.ssthresh = (void *)window,
	.cong_avoid = (void *)avoid,
	.undo_cwnd = (void *)undo,
	.name = "wasm_bpf_v1",
};

char LICENSE[] SEC("license") = "GPL";
