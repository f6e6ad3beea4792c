// Programs of the network. Each counts its runs in a place of its own, for packets and sockets of the tests alone.
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define TEST_PORT 7777
#define NF_DROP 0
#define NF_ACCEPT 1

// As struct Globals of bpf_network_test.cpp.
struct {
	__u64 runs[16]; // by the enum below
	__u64 order;    // of the programs that ran last, a decimal digit each
	__u32 chosen;
	__u32 unused;
} globals;

enum { FIRST, SECOND, NETFILTER, LOOKUP, CHOOSE, VERDICT, ROUTE, CONNECT, EGRESS, GETSOCKOPT, XDP_ONE, XDP_TWO, SEGMENT };

static __always_inline int is_test_udp(struct __sk_buff *packet, __u32 offset)
{
	struct iphdr ip;
	struct udphdr udp;

	if (bpf_skb_load_bytes(packet, offset, &ip, sizeof(ip)) || ip.protocol != IPPROTO_UDP ||
	    bpf_skb_load_bytes(packet, offset + ip.ihl * 4, &udp, sizeof(udp)))
		return 0;
	return udp.dest == bpf_htons(TEST_PORT);
}

static __always_inline int in_order(struct __sk_buff *packet, __u64 digit)
{
	if (is_test_udp(packet, ETH_HLEN)) {
		globals.order = globals.order * 10 + digit;
		__sync_fetch_and_add(&globals.runs[digit - 1], 1);
	}
	return -1; // TCX_NEXT
}

SEC("tc")
int first(struct __sk_buff *packet)
{
	return in_order(packet, 1);
}

SEC("tc")
int second(struct __sk_buff *packet)
{
	return in_order(packet, 2);
}

static __always_inline int count_xdp(struct xdp_md *context, int index)
{
	void *end = (void *)(long)context->data_end;
	struct ethhdr *ethernet = (void *)(long)context->data;
	struct iphdr *ip = (void *)(ethernet + 1);
	struct udphdr *udp = (void *)(ip + 1);

	if ((void *)(udp + 1) <= end && ip->protocol == IPPROTO_UDP && udp->dest == bpf_htons(TEST_PORT))
		__sync_fetch_and_add(&globals.runs[index], 1);
	return XDP_PASS;
}

SEC("xdp")
int xdp_one(struct xdp_md *context)
{
	return count_xdp(context, XDP_ONE);
}

SEC("xdp")
int xdp_two(struct xdp_md *context)
{
	return count_xdp(context, XDP_TWO);
}

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} sockets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_REUSEPORT_SOCKARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} group SEC(".maps");

// Whatever is sent to the test's port goes to the one socket of the map, whatever port that has.
SEC("sk_lookup")
int lookup(struct bpf_sk_lookup *context)
{
	__u32 key = 0;
	struct bpf_sock *socket;
	long failed;

	if (context->local_port != TEST_PORT || !(socket = bpf_map_lookup_elem(&sockets, &key)))
		return SK_PASS;
	failed = bpf_sk_assign(context, socket, 0);
	bpf_sk_release(socket);
	__sync_fetch_and_add(&globals.runs[LOOKUP], 1);
	return failed ? SK_DROP : SK_PASS;
}

SEC("sk_reuseport")
int choose(struct sk_reuseport_md *context)
{
	__u32 key = globals.chosen;

	__sync_fetch_and_add(&globals.runs[CHOOSE], 1);
	return bpf_sk_select_reuseport(context, &group, &key, 0) ? SK_DROP : SK_PASS;
}

SEC("sk_skb/stream_verdict")
int verdict(struct __sk_buff *packet)
{
	__sync_fetch_and_add(&globals.runs[VERDICT], 1);
	return SK_PASS;
}

SEC("lwt_out")
int route_out(struct __sk_buff *packet)
{
	__sync_fetch_and_add(&globals.runs[ROUTE], 1);
	return BPF_OK;
}

SEC("lwt_seg6local")
int segment(struct __sk_buff *packet)
{
	__sync_fetch_and_add(&globals.runs[SEGMENT], 1);
	return BPF_OK;
}

SEC("cgroup/connect4")
int connect4(struct bpf_sock_addr *context)
{
	if (context->user_port != bpf_htons(TEST_PORT))
		return 1;
	__sync_fetch_and_add(&globals.runs[CONNECT], 1);
	return 0;
}

SEC("cgroup_skb/egress")
int egress(struct __sk_buff *packet)
{
	if (is_test_udp(packet, 0))
		__sync_fetch_and_add(&globals.runs[EGRESS], 1);
	return 1;
}

SEC("cgroup_skb/egress")
int egress_in_order(struct __sk_buff *packet)
{
	if (is_test_udp(packet, 0))
		globals.order = globals.order * 10 + 1;
	return 1;
}

SEC("cgroup_skb/egress")
int egress_in_order_too(struct __sk_buff *packet)
{
	if (is_test_udp(packet, 0))
		globals.order = globals.order * 10 + 2;
	return 1;
}

SEC("cgroup/getsockopt")
int getsockopt(struct bpf_sockopt *context)
{
	__u8 *value = context->optval;

	if (context->level != 1 || context->optname != 12) // SOL_SOCKET, SO_PRIORITY
		return 1;
	if (value + 1 > (__u8 *)context->optval_end)
		return 1;
	*value = 42;
	context->retval = 0;
	__sync_fetch_and_add(&globals.runs[GETSOCKOPT], 1);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
