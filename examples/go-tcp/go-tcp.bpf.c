//go:build ignore

// Measures how long TCP connections take that this machine opens: from the SYN to the handshake's end.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define ESTABLISHED 1
#define SYN_SENT 2
#define IPV6 10
#define PROTOCOL_TCP 6
#define COMM_BYTES 16
#define SLOTS 27 /* powers of two: 2^26 us is more than a minute */

struct event {
	__u8 local[16]; /* IPv4: the first 4 bytes */
	__u8 remote[16];
	__u64 latency_ns;
	__u32 pid;
	__u16 local_port;
	__u16 remote_port;
	bool is_ipv6;
	char comm[COMM_BYTES];
};
const struct event *unused_event __attribute__((unused)); /* makes the skeleton have the type */

struct opened {
	__u64 since_ns;
	__u32 pid;
	char comm[COMM_BYTES];
};

const volatile __u64 least_ns = 0; /* shorter ones are counted, not reported */

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, __u64); /* the socket's address */
	__type(value, struct opened);
} opening SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SLOTS);
	__type(key, __u32);
	__type(value, __u64);
} latencies SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

static __always_inline __u32 log2(__u64 value)
{
	__u32 result = 0;

#pragma unroll
	for (__u32 bits = 32; bits; bits /= 2) {
		if (value >> bits) {
			value >>= bits;
			result += bits;
		}
	}
	return result;
}

static __always_inline void count(__u64 latency_ns)
{
	__u32 slot = log2(latency_ns / 1000);

	if (slot >= SLOTS)
		slot = SLOTS - 1;
	__u64 *counter = bpf_map_lookup_elem(&latencies, &slot);
	if (counter)
		*counter += 1;
}

/* In the process that calls connect(). */
static __always_inline int begins(__u64 socket)
{
	struct opened opened = {.since_ns = bpf_ktime_get_ns(), .pid = bpf_get_current_pid_tgid() >> 32};

	bpf_get_current_comm(opened.comm, sizeof(opened.comm));
	bpf_map_update_elem(&opening, &socket, &opened, BPF_ANY);
	return 0;
}

static __always_inline void report(struct trace_event_raw_inet_sock_set_state *ctx, const struct opened *opened,
				   __u64 latency_ns)
{
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return;
	event->latency_ns = latency_ns;
	event->pid = opened->pid;
	__builtin_memcpy(event->comm, opened->comm, sizeof(event->comm));
	event->local_port = ctx->sport;
	event->remote_port = ctx->dport;
	event->is_ipv6 = ctx->family == IPV6;
	__builtin_memset(event->local, 0, sizeof(event->local));
	__builtin_memset(event->remote, 0, sizeof(event->remote));
	bpf_probe_read_kernel(event->local, event->is_ipv6 ? 16 : 4, event->is_ipv6 ? ctx->saddr_v6 : ctx->saddr);
	bpf_probe_read_kernel(event->remote, event->is_ipv6 ? 16 : 4, event->is_ipv6 ? ctx->daddr_v6 : ctx->daddr);
	bpf_ringbuf_submit(event, 0);
}

SEC("tracepoint/sock/inet_sock_set_state")
int set_state(struct trace_event_raw_inet_sock_set_state *ctx)
{
	__u64 socket = (__u64)ctx->skaddr;

	if (ctx->protocol != PROTOCOL_TCP)
		return 0;
	if (ctx->newstate == SYN_SENT)
		return begins(socket);
	if (ctx->oldstate != SYN_SENT)
		return 0;
	struct opened *opened = bpf_map_lookup_elem(&opening, &socket);
	if (opened && ctx->newstate == ESTABLISHED) {
		__u64 latency_ns = bpf_ktime_get_ns() - opened->since_ns;
		count(latency_ns);
		if (latency_ns >= least_ns)
			report(ctx, opened, latency_ns);
	}
	bpf_map_delete_elem(&opening, &socket);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
