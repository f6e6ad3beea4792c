// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u32 first_runs;

SEC("syscall")
int first_program(void *context)
{
	return ++first_runs;
}

char LICENSE[] SEC("license") = "GPL";
