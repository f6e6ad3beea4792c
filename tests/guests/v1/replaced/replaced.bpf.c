// A record for each UDP packet to a port: the number in it, how many there were, and which version of the guest this is.
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "replaced.h"

const volatile __u64 version;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} records SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

struct packet {
	struct ethhdr ethernet;
	struct iphdr ip;
	struct udphdr udp;
	__u64 number;
} __attribute__((packed));

SEC("xdp")
int see_packet(struct xdp_md *ctx)
{
	struct packet *packet = (void *)(long)ctx->data;
	struct seen seen = {.version = version};
	__u32 key = 0;
	__u64 *count = bpf_map_lookup_elem(&counts, &key);

	if ((void *)(packet + 1) > (void *)(long)ctx->data_end || !count)
		return XDP_PASS;
	if (packet->ip.protocol != 17 || packet->udp.dest != bpf_htons(PORT))
		return XDP_PASS;
	seen.number = packet->number;
	seen.count = __sync_fetch_and_add(count, 1) + 1;
	bpf_ringbuf_output(&records, &seen, sizeof(seen), 0);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
