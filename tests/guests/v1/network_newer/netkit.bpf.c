// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("netkit/primary")
int primary(struct __sk_buff *packet)
{
	return -1; // NETKIT_NEXT
}

SEC("netkit/peer")
int peer(struct __sk_buff *packet)
{
	return -1;
}

SEC("netkit/peer")
int peer_before(struct __sk_buff *packet)
{
	return -1;
}

char LICENSE[] SEC("license") = "GPL";
