// Counts programs that start, by name, and how long processes live.
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "exec-metrics.h"

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct command);
	__type(value, __u64);
} started SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct lifetimes);
} lifetimes SEC(".maps");

SEC("tracepoint/sched/sched_process_exec")
int count_start(void *context)
{
	struct command command = {};
	const __u64 one = 1;

	bpf_get_current_comm(command.name, sizeof(command.name));
	__u64 *count = bpf_map_lookup_elem(&started, &command);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&started, &command, &one, BPF_NOEXIST);
	return 0;
}

SEC("tracepoint/sched/sched_process_exit")
int count_end(void *context)
{
	const struct task_struct *task = (const struct task_struct *)bpf_get_current_task();
	const __u64 id = bpf_get_current_pid_tgid();
	const __u32 zero = 0;
	struct lifetimes *all = bpf_map_lookup_elem(&lifetimes, &zero);

	if (id >> 32 != (__u32)id || !all) /* a thread, not the process */
		return 0;
	const __u64 us = (bpf_ktime_get_ns() - BPF_CORE_READ(task, start_time)) / 1000;
	__u32 slot = 0;
	for (__u64 rest = us >> 1; rest && slot < SLOTS - 1; rest >>= 1)
		slot++;
	if (slot < SLOTS)
		all->slots[slot]++;
	all->sum_us += us;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
