// Measures how long system calls take: a histogram for each of them.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "../log2_slot.bpf.h"
#include "syslat.h"

const volatile __u32 only_process = 0; /* 0: all */
const volatile __s32 only_call = -1;   /* -1: all */
const volatile __u32 unit_ns = 1000;

struct start {
	__u64 ns;
	__u32 call;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32); /* thread */
	__type(value, struct start);
} starts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MOST_CALLS);
	__type(key, __u32); /* system call */
	__type(value, struct histogram);
} histograms SEC(".maps");

SEC("tracepoint/raw_syscalls/sys_enter")
int enter(struct trace_event_raw_sys_enter *ctx)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 thread = id;
	struct start start = { .call = ctx->id };

	if ((only_process && only_process != id >> 32) || (only_call >= 0 && only_call != ctx->id))
		return 0;
	start.ns = bpf_ktime_get_ns();
	bpf_map_update_elem(&starts, &thread, &start, BPF_ANY);
	return 0;
}

SEC("tracepoint/raw_syscalls/sys_exit")
int leave(struct trace_event_raw_sys_exit *ctx)
{
	__u64 now = bpf_ktime_get_ns();
	__u32 thread = bpf_get_current_pid_tgid();
	struct start *start = bpf_map_lookup_elem(&starts, &thread);
	struct histogram *histogram;

	if (!start)
		return 0;
	__u64 took = (now - start->ns) / unit_ns;
	__u32 call = start->call;

	bpf_map_delete_elem(&starts, &thread);
	histogram = bpf_map_lookup_elem(&histograms, &call);
	if (!histogram)
		return 0;
	__sync_fetch_and_add(&histogram->slots[log2_slot(took, SLOTS)], 1);
	__sync_fetch_and_add(&histogram->total, took);
	if (ctx->ret < 0 && ctx->ret >= -4095)
		__sync_fetch_and_add(&histogram->failed, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
