// Operations that a guest attaches by its map.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct sock;
struct tcp_congestion_ops {
	__u32 (*ssthresh)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, __u32 ack, __u32 acked);
	__u32 (*undo_cwnd)(struct sock *sk);
	char name[16];
} __attribute__((preserve_access_index));

SEC("struct_ops/window")
__u32 BPF_PROG(window, struct sock *sk)
{
	return 2;
}

SEC("struct_ops/avoid")
void BPF_PROG(avoid, struct sock *sk, __u32 ack, __u32 acked)
{
}

SEC("struct_ops/undo")
__u32 BPF_PROG(undo, struct sock *sk)
{
	return 2;
}

SEC(".struct_ops.link")
struct tcp_congestion_ops algorithm = {
	.ssthresh = (void *)window,
	.cong_avoid = (void *)avoid,
	.undo_cwnd = (void *)undo,
	.name = "wasm_bpf_bad",
};

char LICENSE[] SEC("license") = "GPL";
