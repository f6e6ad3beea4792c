// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("freplace")
int chosen_instead(struct __sk_buff *packet)
{
	return 7;
}

char LICENSE[] SEC("license") = "GPL";
