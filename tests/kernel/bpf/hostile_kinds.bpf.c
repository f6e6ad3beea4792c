// Programs of types whose targets the kernel takes as numbers, each of its own meaning.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int packet(struct xdp_md *packet)
{
	return XDP_PASS;
}

SEC("tc")
int classify(struct __sk_buff *packet)
{
	return 0;
}

SEC("cgroup_skb/egress")
int leave(struct __sk_buff *packet)
{
	return 1;
}

SEC("sk_lookup")
int look(struct bpf_sk_lookup *lookup)
{
	return SK_PASS;
}

SEC("sk_skb/stream_verdict")
int verdict(struct __sk_buff *packet)
{
	return SK_PASS;
}

struct bpf_iter__bpf_map_elem {
	void *key;
} __attribute__((preserve_access_index));
struct bpf_iter__task {
	void *task;
} __attribute__((preserve_access_index));

SEC("iter/bpf_map_elem")
int elements(struct bpf_iter__bpf_map_elem *context)
{
	return 0;
}

SEC("iter/task")
int tasks(struct bpf_iter__task *context)
{
	return 0;
}

SEC("tp/syscalls/sys_enter_getpgid")
int trace(void *context)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
