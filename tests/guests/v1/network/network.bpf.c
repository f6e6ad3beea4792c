// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

__u64 order; // of the tcx programs that ran for the test's first packet, a decimal digit each
__u64 done;

static __always_inline int in_order(struct __sk_buff *packet, __u64 digit)
{
	struct iphdr ip;
	struct udphdr udp;

	if (done || bpf_skb_load_bytes(packet, ETH_HLEN, &ip, sizeof(ip)) || ip.protocol != IPPROTO_UDP ||
	    bpf_skb_load_bytes(packet, ETH_HLEN + ip.ihl * 4, &udp, sizeof(udp)) || udp.dest != bpf_htons(7777))
		return -1;
	order = order * 10 + digit;
	return -1;
}

SEC("tc")
int one(struct __sk_buff *packet)
{
	return in_order(packet, 1);
}

SEC("tc")
int two(struct __sk_buff *packet)
{
	return in_order(packet, 2);
}

SEC("tc")
int three(struct __sk_buff *packet)
{
	in_order(packet, 3);
	if (order)
		done = 1;
	return -1;
}

SEC("xdp")
int xdp_one(struct xdp_md *context)
{
	return XDP_PASS;
}

SEC("xdp")
int xdp_again(struct xdp_md *context)
{
	return XDP_PASS;
}

SEC("xdp.frags")
int xdp_two(struct xdp_md *context)
{
	return XDP_PASS;
}

SEC("cgroup_skb/egress")
int egress(struct __sk_buff *packet)
{
	return 1;
}

SEC("cgroup/skb")
int either(struct __sk_buff *packet)
{
	return 1;
}

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} sockets SEC(".maps");

SEC("sk_skb/stream_verdict")
int verdict(struct __sk_buff *packet)
{
	return SK_PASS;
}

SEC("sk_lookup")
int lookup(struct bpf_sk_lookup *context)
{
	return SK_PASS;
}

SEC("sk_reuseport")
int choose(struct sk_reuseport_md *context)
{
	return SK_PASS;
}

SEC("socket")
int filter(struct __sk_buff *packet)
{
	return 0;
}

SEC("lwt_out")
int route(struct __sk_buff *packet)
{
	return BPF_OK;
}

SEC("raw_tp/sys_enter")
int trace(void *context)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
