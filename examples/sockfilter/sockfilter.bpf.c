// A socket filter that reports the IP packets of a packet socket, and lets none through to it.
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "sockfilter.h"

#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86dd
#define ETH_HLEN 14
#define PACKET_OUTGOING 4
#define FRAGMENT_OFFSET 0x1fff

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} packets SEC(".maps");

/* Fill in addresses and protocol; where the transport header begins, or 0. */
static __always_inline __u32 read_ipv4(struct __sk_buff *skb, struct packet *packet)
{
	struct iphdr header;

	if (bpf_skb_load_bytes(skb, ETH_HLEN, &header, sizeof(header)))
		return 0;
	packet->version = 4;
	packet->protocol = header.protocol;
	__builtin_memcpy(packet->source, &header.saddr, sizeof(header.saddr));
	__builtin_memcpy(packet->destination, &header.daddr, sizeof(header.daddr));
	return bpf_ntohs(header.frag_off) & FRAGMENT_OFFSET ? 0 : ETH_HLEN + header.ihl * 4;
}

static __always_inline __u32 read_ipv6(struct __sk_buff *skb, struct packet *packet)
{
	struct ipv6hdr header;

	if (bpf_skb_load_bytes(skb, ETH_HLEN, &header, sizeof(header)))
		return 0;
	packet->version = 6;
	packet->protocol = header.nexthdr;
	__builtin_memcpy(packet->source, &header.saddr, sizeof(header.saddr));
	__builtin_memcpy(packet->destination, &header.daddr, sizeof(header.daddr));
	return ETH_HLEN + sizeof(header);
}

SEC("socket")
int report_packet(struct __sk_buff *skb)
{
	struct packet packet = { .bytes = skb->len, .outgoing = skb->pkt_type == PACKET_OUTGOING };
	__u32 transport = 0;
	__u16 ports[2];

	if (skb->protocol == bpf_htons(ETH_P_IP))
		transport = read_ipv4(skb, &packet);
	else if (skb->protocol == bpf_htons(ETH_P_IPV6))
		transport = read_ipv6(skb, &packet);
	if (!packet.version)
		return 0;
	if (transport && (packet.protocol == IPPROTO_TCP || packet.protocol == IPPROTO_UDP) &&
	    !bpf_skb_load_bytes(skb, transport, ports, sizeof(ports))) {
		packet.source_port = bpf_ntohs(ports[0]);
		packet.destination_port = bpf_ntohs(ports[1]);
	}
	bpf_ringbuf_output(&packets, &packet, sizeof(packet), 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
