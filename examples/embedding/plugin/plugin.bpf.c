// SPDX-License-Identifier: GPL-2.0
// Counts the programs that are started.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u64 started;

SEC("tp/sched/sched_process_exec")
int on_exec(void *context)
{
	__sync_fetch_and_add(&started, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
