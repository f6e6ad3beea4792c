// SPDX-License-Identifier: GPL-2.0
// A program for each thing that a policy is asked about; the guest loads one of them at a time.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int on_xdp(void *context)
{
	(void)context;
	return XDP_PASS;
}

SEC("tracepoint/syscalls/sys_enter_getpgid")
int on_tracepoint(void *context)
{
	(void)context;
	return 0;
}

SEC("tracepoint/syscalls/sys_enter_getpgid")
int on_signal(void *context)
{
	(void)context;
	return bpf_send_signal(0);
}

SEC("uprobe")
int on_uprobe(void *context)
{
	(void)context;
	return 0;
}

SEC("cgroup_skb/egress")
int on_cgroup(void *context)
{
	(void)context;
	return 1;
}

SEC("sk_lookup")
int on_lookup(void *context)
{
	(void)context;
	return SK_PASS;
}

SEC("kprobe/do_nanosleep")
int on_kprobe(void *context)
{
	(void)context;
	return 0;
}

SEC("fentry/do_unlinkat")
int on_fentry(void *context)
{
	(void)context;
	return 0;
}

SEC("lsm/file_open")
int on_lsm(void *context)
{
	(void)context;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
