// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("syscall")
int nothing(void *context)
{
	(void)context;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
