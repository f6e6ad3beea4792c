// Counts which process each CPU is found to run, at every sample.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "newtool.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, struct task);
	__type(value, __u64); /* samples */
} samples SEC(".maps");

SEC("perf_event")
int sample(void *ctx)
{
	struct task task = { .pid = bpf_get_current_pid_tgid() >> 32 };
	__u64 one = 1;

	if (!task.pid) /* idle */
		return 0;
	bpf_get_current_comm(task.comm, sizeof(task.comm));
	__u64 *count = bpf_map_lookup_elem(&samples, &task);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&samples, &task, &one, BPF_NOEXIST);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
