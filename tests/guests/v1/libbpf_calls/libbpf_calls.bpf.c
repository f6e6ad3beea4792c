// SPDX-License-Identifier: GPL-2.0
// Something of each kind that libbpf's low-level calls take.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define NULL ((void *)0)

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

__u64 enters;

SEC("raw_tp/sys_enter")
int count(void *context)
{
	__sync_fetch_and_add(&enters, 1);
	return 0;
}

SEC("iter/bpf_map")
int dump(void *context)
{
	return 0;
}

/* Linux 6.17 and 6.18 have it under this name. */
extern int bpf_stream_vprintk_impl(int stream_id, const char *fmt__str, const void *args, __u32 len__sz,
				   void *aux__prog) __weak __ksym;
const char said[] = "said %d\n";

SEC("socket")
int pass(struct __sk_buff *packet)
{
	return 7;
}

/* 1 where it was written: the kernel has no memory for it where it cannot allocate without a lock. */
SEC("socket")
int say(struct __sk_buff *packet)
{
	const __u64 number = 8;

	if (!bpf_ksym_exists(bpf_stream_vprintk_impl))
		return 0;
	return bpf_stream_vprintk_impl(1, said, &number, sizeof(number), NULL) >= 0;
}

char LICENSE[] SEC("license") = "GPL";
