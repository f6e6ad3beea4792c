// Counts the packets that come in at an interface by their IP protocol.
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "newtool.h"

#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86dd

/* Global data is the tool's memory, too: it reads it without a call. */
struct traffic traffic[PROTOCOLS];

static __always_inline int protocol_of(void *data, void *end)
{
	struct ethhdr *ethernet = data;
	struct iphdr *ip = (void *)(ethernet + 1);
	struct ipv6hdr *ip6 = (void *)(ethernet + 1);

	if ((void *)ip > end)
		return -1;
	if (ethernet->h_proto == bpf_htons(ETH_P_IP))
		return (void *)(ip + 1) > end ? -1 : ip->protocol;
	if (ethernet->h_proto == bpf_htons(ETH_P_IPV6))
		return (void *)(ip6 + 1) > end ? -1 : ip6->nexthdr;
	return -1;
}

SEC("xdp")
int count_packet(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	int protocol = protocol_of(data, end);

	if (protocol >= 0 && protocol < PROTOCOLS) {
		__sync_fetch_and_add(&traffic[protocol].packets, 1);
		__sync_fetch_and_add(&traffic[protocol].bytes, end - data);
	}
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
