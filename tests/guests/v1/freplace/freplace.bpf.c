// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__attribute__((noinline)) int chosen(struct __sk_buff *packet)
{
	asm volatile("");
	return packet->len > 0 ? 1 : 0;
}

SEC("tc")
int original(struct __sk_buff *packet)
{
	return chosen(packet);
}

char LICENSE[] SEC("license") = "GPL";
