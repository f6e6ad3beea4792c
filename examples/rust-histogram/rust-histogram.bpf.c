// Measures how long system calls take.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "rust-histogram.h"

const volatile __u32 only_process = 0; /* 0: all */
const volatile __s32 only_call = -1;   /* its number; -1: all */
const volatile bool per_process = false;

struct histogram everybody; /* of all processes: the guest's own memory, too */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, __u32);   /* thread */
	__type(value, __u64); /* when its system call began, ns */
} began SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32); /* process */
	__type(value, struct histogram);
} processes SEC(".maps");

static const struct histogram empty;

static __always_inline __u32 log2(__u64 value)
{
	__u32 result = 0;

#pragma unroll
	for (__u32 bits = 32; bits; bits /= 2) {
		if (value >> bits) {
			value >>= bits;
			result += bits;
		}
	}
	return result;
}

static __always_inline struct histogram *histogram_of(__u32 process)
{
	struct histogram *histogram = bpf_map_lookup_elem(&processes, &process);

	if (histogram)
		return histogram;
	bpf_map_update_elem(&processes, &process, &empty, BPF_NOEXIST);
	histogram = bpf_map_lookup_elem(&processes, &process);
	if (histogram)
		bpf_get_current_comm(histogram->comm, sizeof(histogram->comm));
	return histogram;
}

SEC("raw_tp/sys_enter")
int BPF_PROG(enter, struct pt_regs *registers, long call)
{
	__u64 id = bpf_get_current_pid_tgid(), now = bpf_ktime_get_ns();
	__u32 thread = id;

	if ((only_process && only_process != id >> 32) || (only_call >= 0 && only_call != call))
		return 0;
	bpf_map_update_elem(&began, &thread, &now, BPF_ANY);
	return 0;
}

SEC("raw_tp/sys_exit")
int BPF_PROG(leave)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 thread = id;
	__u64 *since = bpf_map_lookup_elem(&began, &thread);

	if (!since)
		return 0;
	__u32 slot = log2((bpf_ktime_get_ns() - *since) / 1000);
	bpf_map_delete_elem(&began, &thread);
	if (slot >= SLOTS)
		slot = SLOTS - 1;
	struct histogram *histogram = per_process ? histogram_of(id >> 32) : &everybody;
	if (histogram)
		__sync_fetch_and_add(&histogram->slots[slot], 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
