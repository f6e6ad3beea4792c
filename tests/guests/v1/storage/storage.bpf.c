// SPDX-License-Identifier: GPL-2.0
// Storage of what the kernel has: programs count in elements that the guest made, and make some that it finds.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define STORAGE(NAME, TYPE)                                                                                  \
	struct {                                                                                             \
		__uint(type, TYPE);                                                                          \
		__uint(map_flags, BPF_F_NO_PREALLOC);                                                        \
		__type(key, int);                                                                            \
		__type(value, __u64);                                                                        \
	} NAME SEC(".maps")

STORAGE(of_tasks, BPF_MAP_TYPE_TASK_STORAGE);
STORAGE(of_cgroups, BPF_MAP_TYPE_CGRP_STORAGE);
STORAGE(of_sockets, BPF_MAP_TYPE_SK_STORAGE);
STORAGE(of_inodes, BPF_MAP_TYPE_INODE_STORAGE);

__u32 watched; // the process

SEC("tp_btf/sys_enter")
int BPF_PROG(on_call)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 *calls;

	if (task->tgid != watched)
		return 0;
	calls = bpf_task_storage_get(&of_tasks, task, 0, 0);
	if (calls)
		__sync_fetch_and_add(calls, 1);
	calls = bpf_cgrp_storage_get(&of_cgroups, task->cgroups->dfl_cgrp, 0, 0);
	if (calls)
		__sync_fetch_and_add(calls, 1);
	return 0;
}

SEC("cgroup/post_bind4")
int on_bind(struct bpf_sock *socket)
{
	__u64 *binds = bpf_sk_storage_get(&of_sockets, socket, 0, BPF_SK_STORAGE_GET_F_CREATE);

	if (binds)
		__sync_fetch_and_add(binds, 1);
	return 1;
}

SEC("?lsm/file_open")
int BPF_PROG(on_open, struct file *file)
{
	__u64 *opens = bpf_inode_storage_get(&of_inodes, file->f_inode, 0, 0);

	if (opens)
		__sync_fetch_and_add(opens, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
