// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u32 second_runs;

SEC("syscall")
int second_program(void *context)
{
	return ++second_runs;
}

char LICENSE[] SEC("license") = "GPL";
