// SPDX-License-Identifier: GPL-2.0
// A program for each kind of attachment; the guest loads the one that it is told to.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} sockets SEC(".maps");

__u64 calls;

#define PROGRAM(section, name, result)                                                                       \
	SEC(section) int name(void *context)                                                                 \
	{                                                                                                    \
		(void)context;                                                                               \
		__sync_fetch_and_add(&calls, 1);                                                             \
		return result;                                                                               \
	}

PROGRAM("xdp", on_xdp, XDP_PASS)
PROGRAM("tc", on_tc, -1)
PROGRAM("tcx/ingress", on_tcx, -1)
PROGRAM("tp/syscalls/sys_enter_getpgid", on_tracepoint, 0)
PROGRAM("raw_tp/sys_enter", on_raw_tracepoint, 0)
PROGRAM("tp_btf/sys_enter", on_trace, 0)
PROGRAM("uprobe", on_uprobe, 0)
PROGRAM("uprobe.multi", on_uprobe_multi, 0)
PROGRAM("cgroup_skb/egress", on_cgroup, 1)
PROGRAM("socket", on_socket, 0)
PROGRAM("perf_event", on_perf_event, 0)
PROGRAM("netfilter", on_netfilter, 1)
PROGRAM("sk_lookup", on_netns, 1)
PROGRAM("sk_skb/stream_verdict", on_sockmap, 1)
PROGRAM("iter/task", on_iterator, 0)
PROGRAM("kprobe/do_nanosleep", on_kprobe, 0)
PROGRAM("fentry/do_nanosleep", on_fentry, 0)
PROGRAM("lwt_out", on_route, 0)
PROGRAM("lsm/file_open", on_lsm, 0)
PROGRAM("netkit/primary", on_netkit, -1)

SEC("syscall")
int emit(void *context)
{
	__u64 value = 1;

	(void)context;
	return bpf_ringbuf_output(&events, &value, sizeof(value), 0);
}

static long until(__u32 index, __u64 *end)
{
	(void)index;
	return bpf_ktime_get_ns() > *end;
}

static long turn(__u32 index, __u64 *end)
{
	(void)index;
	bpf_loop(1 << 20, until, end, 0);
	return bpf_ktime_get_ns() > *end;
}

/* Keeps the host in the kernel for longer than the command's patience. */
SEC("syscall")
int stall(void *context)
{
	__u64 end = bpf_ktime_get_ns() + 4000000000ULL;

	(void)context;
	__sync_fetch_and_add(&calls, 1);
	bpf_loop(1 << 20, turn, &end, 0);
	return 0;
}

SEC("raw_tp/sys_enter")
int denied(void *context)
{
	(void)context;
	return bpf_send_signal(9);
}

char LICENSE[] SEC("license") = "GPL";
