// SPDX-License-Identifier: GPL-2.0
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u64);
} table SEC(".maps");

SEC("iter/task")
int each_task(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;

	if (task)
		BPF_SEQ_PRINTF(context->meta->seq, "%d %d %s\n", task->tgid, task->pid, task->comm);
	return 0;
}

SEC("iter/bpf_map_elem")
int each_element(struct bpf_iter__bpf_map_elem *context)
{
	__u32 *key = context->key;
	__u64 *value = context->value;

	if (key && value)
		BPF_SEQ_PRINTF(context->meta->seq, "%u=%llu\n", *key, *value);
	return 0;
}

SEC("iter/cgroup")
int each_cgroup(struct bpf_iter__cgroup *context)
{
	struct cgroup *cgroup = context->cgroup;

	if (cgroup)
		BPF_SEQ_PRINTF(context->meta->seq, "%llu\n", cgroup->kn->id);
	return 0;
}

SEC("raw_tp/sys_enter")
int no_iterator(void *context)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
