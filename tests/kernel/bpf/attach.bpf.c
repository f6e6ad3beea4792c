// Programs for each way to attach. Each counts its runs.
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>

__u64 uprobe_runs;
__u64 tracepoint_runs;

static __noinline __u64 subprogram(void)
{
	return bpf_ktime_get_ns();
}

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

SEC("tc/egress")
int on_egress(struct __sk_buff *packet)
{
	return 0;
}

SEC("action")
int on_action(struct __sk_buff *packet)
{
	return 0;
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
	__sync_fetch_and_add(&uprobe_runs, 1);
	return 0;
}

SEC("uretprobe")
int on_return(struct pt_regs *registers)
{
	__sync_fetch_and_add(&uprobe_runs, 100);
	return 0;
}

SEC("kprobe")
int on_kernel_function(struct pt_regs *registers)
{
	return 0;
}

SEC("tp/syscalls/sys_enter_getppid")
int on_tracepoint(void *context)
{
	__sync_fetch_and_add(&tracepoint_runs, 1);
	return 0;
}

SEC("raw_tp/sys_enter")
int on_raw_tracepoint(void *context)
{
	return bpf_get_smp_processor_id() + (subprogram() == 0);
}

SEC("socket")
int drop_all(struct __sk_buff *packet)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
