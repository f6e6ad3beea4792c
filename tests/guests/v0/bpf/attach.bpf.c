// Programs whose sections need a target.
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} calls SEC(".maps");

SEC("xdp")
int on_xdp(struct xdp_md *context)
{
	return XDP_PASS;
}

SEC("tc")
int on_tc(struct __sk_buff *packet)
{
	return 0;
}

SEC("tcx/egress")
int on_tcx(struct __sk_buff *packet)
{
	return -1;
}

SEC("sockops")
int on_sockops(struct bpf_sock_ops *operation)
{
	return 1;
}

SEC("cgroup_skb/egress")
int on_cgroup_skb(struct __sk_buff *packet)
{
	return 1;
}

SEC("uprobe")
int on_function(struct pt_regs *registers)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	bpf_ringbuf_output(&calls, &pid, sizeof(pid), 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
