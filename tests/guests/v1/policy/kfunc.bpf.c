// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct task_struct;

/* What follows the three underscores is no part of the kernel's name. */
extern int bpf_send_signal_task___mine(struct task_struct *task, int signal, int type, __u64 value) __ksym __weak;

SEC("tp_btf/sys_enter")
int on_kfunc(void *context)
{
	(void)context;
	if (bpf_send_signal_task___mine)
		bpf_send_signal_task___mine(bpf_get_current_task_btf(), 0, 0, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
