// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct arguments {
	__u32 a, b, sum;
};

__u32 cpu_seen;

SEC("syscall")
int add(struct arguments *context)
{
	context->sum = context->a + context->b;
	return context->sum;
}

/* Counts its runs in the packet. */
SEC("xdp")
int count(struct xdp_md *context)
{
	__u8 *data = (__u8 *)(long)context->data;

	if (data + 14 > (__u8 *)(long)context->data_end)
		return XDP_ABORTED;
	data[13]++;
	return XDP_DROP;
}

SEC("raw_tp/sys_enter")
int where(void *context)
{
	cpu_seen = bpf_get_smp_processor_id();
	return 3;
}

char LICENSE[] SEC("license") = "GPL";
