// Counts the packets that an interface receives, by flow. It lets all of them pass.
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "flowtop.h"

#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86dd
#define MORE_THAN_FIRST_FRAGMENT 0x1fff /* the offset in frag_off */

const volatile bool by_host = false;

struct {
	__uint(type, BPF_MAP_TYPE_LRU_PERCPU_HASH);
	__uint(max_entries, MOST_FLOWS);
	__type(key, struct flow);
	__type(value, struct traffic);
} flows SEC(".maps");

static __always_inline void read_ports(struct flow *flow, void *transport, void *end)
{
	struct udphdr *header = transport; /* TCP's begins alike */

	if (by_host || (flow->protocol != IPPROTO_TCP && flow->protocol != IPPROTO_UDP))
		return;
	if ((void *)(header + 1) > end)
		return;
	flow->source_port = header->source;
	flow->destination_port = header->dest;
}

static __always_inline bool read_flow(struct flow *flow, void *packet, void *end)
{
	struct ethhdr *ethernet = packet;
	struct iphdr *ip = (void *)(ethernet + 1);
	struct ipv6hdr *ip6 = (void *)(ethernet + 1);

	if ((void *)(ethernet + 1) > end)
		return false;
	if (ethernet->h_proto == bpf_htons(ETH_P_IP)) {
		if ((void *)(ip + 1) > end)
			return false;
		flow->version = 4;
		flow->protocol = ip->protocol;
		__builtin_memcpy(flow->source, &ip->saddr, 4);
		__builtin_memcpy(flow->destination, &ip->daddr, 4);
		if (!(ip->frag_off & bpf_htons(MORE_THAN_FIRST_FRAGMENT)))
			read_ports(flow, (void *)ip + ip->ihl * 4, end);
		return true;
	}
	if (ethernet->h_proto == bpf_htons(ETH_P_IPV6)) {
		if ((void *)(ip6 + 1) > end)
			return false;
		flow->version = 6;
		flow->protocol = ip6->nexthdr;
		__builtin_memcpy(flow->source, &ip6->saddr, 16);
		__builtin_memcpy(flow->destination, &ip6->daddr, 16);
		read_ports(flow, ip6 + 1, end);
		return true;
	}
	return false;
}

SEC("xdp")
int count_packet(struct xdp_md *ctx)
{
	void *packet = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct traffic *traffic, first = { .packets = 1, .bytes = end - packet };
	struct flow flow = {};

	if (!read_flow(&flow, packet, end))
		return XDP_PASS;
	if (by_host) {
		flow.protocol = 0;
		__builtin_memset(flow.destination, 0, sizeof(flow.destination));
	}
	traffic = bpf_map_lookup_elem(&flows, &flow);
	if (traffic) {
		traffic->packets++;
		traffic->bytes += first.bytes;
	} else {
		bpf_map_update_elem(&flows, &flow, &first, BPF_ANY);
	}
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
