// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("netfilter")
int accept(void *context)
{
	return 1; // NF_ACCEPT
}

char LICENSE[] SEC("license") = "GPL";
