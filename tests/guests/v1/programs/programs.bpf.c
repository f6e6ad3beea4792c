// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u64 runs;

SEC("raw_tp/sys_enter")
int counts(void *context)
{
	__sync_fetch_and_add(&runs, 1);
	return 0;
}

SEC("raw_tp/sys_exit")
int not_attached(void *context)
{
	return 0;
}

/* Of no type that libbpf knows: the guest sets it. */
SEC("?mine")
int typeless(struct __sk_buff *packet)
{
	return 7;
}

char LICENSE[] SEC("license") = "GPL";
