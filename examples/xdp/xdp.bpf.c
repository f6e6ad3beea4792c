// Counts the packets that come in at an interface by their protocol, and drops those of one.
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "xdp.h"

#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86dd

const volatile __u32 dropped_protocol = PROTOCOLS; /* PROTOCOLS: none */

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PROTOCOLS);
	__type(key, __u32); /* protocol */
	__type(value, struct traffic);
} counters SEC(".maps");

static __always_inline __u32 protocol_of(void *data, void *end)
{
	struct ethhdr *ethernet = data;

	if ((void *)(ethernet + 1) > end)
		return NOT_IP;
	if (ethernet->h_proto == bpf_htons(ETH_P_IP)) {
		struct iphdr *ip = (void *)(ethernet + 1);
		return (void *)(ip + 1) > end ? NOT_IP : ip->protocol;
	}
	if (ethernet->h_proto == bpf_htons(ETH_P_IPV6)) {
		struct ipv6hdr *ip = (void *)(ethernet + 1);
		return (void *)(ip + 1) > end ? NOT_IP : ip->nexthdr;
	}
	return NOT_IP;
}

SEC("xdp")
int count_packet(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u32 protocol = protocol_of(data, end);
	bool drop = protocol == dropped_protocol;
	struct traffic *traffic = bpf_map_lookup_elem(&counters, &protocol);

	if (traffic) {
		traffic->packets++;
		traffic->bytes += end - data;
		traffic->dropped += drop;
	}
	return drop ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
