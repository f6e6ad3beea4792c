// Measures how long tasks wait for a CPU: from their wake-up, or from their preemption, until they run.
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "runqlat.h"

#define TASK_RUNNING 0

/* The part of the kernel's task_struct that is used: see bootstrap. */
struct task_struct___used {
	unsigned int __state;
	int pid;
	__u32 tgid;
	char comm[COMM_BYTES];
} __attribute__((preserve_access_index));

const volatile __u32 only_process = 0; /* 0: all */
const volatile bool per_process = false;
const volatile bool milliseconds = false;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_TASKS);
	__type(key, __u32);   /* thread */
	__type(value, __u64); /* when it became runnable, ns */
} runnable_since SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_TASKS);
	__type(key, __u32); /* process; 0 where all share one */
	__type(value, struct histogram);
} histograms SEC(".maps");

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

static __always_inline int became_runnable(struct task_struct___used *task)
{
	__u32 thread = task->pid;
	__u64 now = bpf_ktime_get_ns();

	if (!thread || (only_process && only_process != task->tgid))
		return 0;
	bpf_map_update_elem(&runnable_since, &thread, &now, BPF_ANY);
	return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(sched_wakeup, struct task_struct___used *task)
{
	return became_runnable(task);
}

SEC("tp_btf/sched_wakeup_new")
int BPF_PROG(sched_wakeup_new, struct task_struct___used *task)
{
	return became_runnable(task);
}

SEC("tp_btf/sched_switch")
int BPF_PROG(sched_switch, bool preempt, struct task_struct___used *before, struct task_struct___used *next)
{
	__u32 thread = next->pid;
	__u32 key = per_process ? next->tgid : 0;

	if (before->__state == TASK_RUNNING)
		became_runnable(before);

	__u64 *since = bpf_map_lookup_elem(&runnable_since, &thread);
	if (!since)
		return 0;
	__s64 waited_ns = bpf_ktime_get_ns() - *since;
	bpf_map_delete_elem(&runnable_since, &thread);
	if (waited_ns < 0)
		return 0;

	struct histogram *histogram = bpf_map_lookup_elem(&histograms, &key);
	if (!histogram) {
		bpf_map_update_elem(&histograms, &key, &empty, BPF_NOEXIST);
		histogram = bpf_map_lookup_elem(&histograms, &key);
		if (!histogram)
			return 0;
		bpf_probe_read_kernel_str(histogram->comm, sizeof(histogram->comm), next->comm);
	}
	__u32 slot = log2((__u64)waited_ns / (milliseconds ? 1000000 : 1000));
	if (slot >= SLOTS)
		slot = SLOTS - 1;
	__sync_fetch_and_add(&histogram->slots[slot], 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
