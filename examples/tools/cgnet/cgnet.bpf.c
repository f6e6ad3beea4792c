// Counts what the cgroups below one send and receive, and holds back packets to and from chosen ports.
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "cgnet.h"

#define DENY 0
#define ALLOW 1

const volatile bool denies = false;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, MOST_CGROUPS);
	__type(key, __u64); /* the cgroup's number: its folder's inode */
	__type(value, struct traffic);
} cgroups SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_PORTS);
	__type(key, __u16); /* port */
	__type(value, __u8);
} denied_ports SEC(".maps");

static const struct traffic none;

/* These programs see packets from the IP header on. */
static __always_inline bool is_denied(struct __sk_buff *packet)
{
	__u32 offset = sizeof(struct ipv6hdr);
	__u8 version = 0, protocol = 0;
	__be16 ports[2];

	if (bpf_skb_load_bytes(packet, 0, &version, sizeof(version)))
		return false;
	if (version >> 4 == 4) {
		offset = (version & 0xf) * 4;
		bpf_skb_load_bytes(packet, __builtin_offsetof(struct iphdr, protocol), &protocol, sizeof(protocol));
	} else {
		bpf_skb_load_bytes(packet, __builtin_offsetof(struct ipv6hdr, nexthdr), &protocol, sizeof(protocol));
	}
	if ((protocol != IPPROTO_TCP && protocol != IPPROTO_UDP) || bpf_skb_load_bytes(packet, offset, ports, sizeof(ports)))
		return false;
	__u16 source = bpf_ntohs(ports[0]), destination = bpf_ntohs(ports[1]);

	return bpf_map_lookup_elem(&denied_ports, &source) || bpf_map_lookup_elem(&denied_ports, &destination);
}

static __always_inline int account(struct __sk_buff *packet, enum direction direction)
{
	__u64 cgroup = bpf_skb_cgroup_id(packet);
	struct traffic *traffic = bpf_map_lookup_elem(&cgroups, &cgroup);
	bool denied = denies && is_denied(packet);

	if (!traffic) {
		bpf_map_update_elem(&cgroups, &cgroup, &none, BPF_NOEXIST);
		traffic = bpf_map_lookup_elem(&cgroups, &cgroup);
	}
	if (traffic) {
		if (denied) {
			traffic->denied[direction]++;
		} else {
			traffic->packets[direction]++;
			traffic->bytes[direction] += packet->len;
		}
	}
	return denied ? DENY : ALLOW;
}

SEC("cgroup_skb/ingress")
int receives(struct __sk_buff *packet)
{
	return account(packet, RECEIVED);
}

SEC("cgroup_skb/egress")
int sends(struct __sk_buff *packet)
{
	return account(packet, SENT);
}

char LICENSE[] SEC("license") = "GPL";
