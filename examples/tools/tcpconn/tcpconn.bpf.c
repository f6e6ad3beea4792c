// Reports TCP connections as they end: who had them, how long, and how much went over them.
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "tcpconn.h"

#define AF_INET 2
#define AF_INET6 10

/* What is used of the kernel's tcp_sock: a type in the object takes room with all that it refers to. */
struct tcp_sock___used {
	__u64 bytes_received;
	__u64 bytes_acked;
} __attribute__((preserve_access_index));

const volatile __u16 only_family = 0;      /* 0: both */
const volatile __u32 only_process = 0;     /* 0: all */
const volatile __u16 only_local_port = 0;  /* 0: all */
const volatile __u16 only_remote_port = 0; /* 0: all */

struct connection {
	__u64 since_ns;
	__u32 pid;
	__u32 accepted;
	char comm[COMM_BYTES];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64); /* socket */
	__type(value, struct connection);
} connections SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

/* These changes are made by the process that has the socket: it calls connect(), or closes first or second. Others are
 * made by packets that arrive, whoever runs then. */
static __always_inline bool is_made_by_owner(int state)
{
	return state == TCP_SYN_SENT || state == TCP_FIN_WAIT1 || state == TCP_LAST_ACK;
}

static __always_inline void report(struct trace_event_raw_inet_sock_set_state *ctx, struct connection *connection)
{
	struct tcp_sock___used *socket = (void *)ctx->skaddr;
	struct event *event;

	if (only_process && only_process != connection->pid)
		return;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return;
	event->duration_ns = bpf_ktime_get_ns() - connection->since_ns;
	event->sent_bytes = BPF_CORE_READ(socket, bytes_acked);
	event->received_bytes = BPF_CORE_READ(socket, bytes_received);
	event->pid = connection->pid;
	event->accepted = connection->accepted;
	event->family = ctx->family;
	event->local_port = ctx->sport;
	event->remote_port = ctx->dport;
	__builtin_memcpy(event->comm, connection->comm, sizeof(event->comm));
	if (ctx->family == AF_INET) {
		bpf_probe_read_kernel(event->local, 4, ctx->saddr);
		bpf_probe_read_kernel(event->remote, 4, ctx->daddr);
	} else {
		bpf_probe_read_kernel(event->local, 16, ctx->saddr_v6);
		bpf_probe_read_kernel(event->remote, 16, ctx->daddr_v6);
	}
	bpf_ringbuf_submit(event, 0);
}

SEC("tracepoint/sock/inet_sock_set_state")
int set_state(struct trace_event_raw_inet_sock_set_state *ctx)
{
	__u64 socket = (__u64)ctx->skaddr;
	int before = ctx->oldstate, now = ctx->newstate;
	struct connection *connection;

	if (ctx->protocol != IPPROTO_TCP || (ctx->family != AF_INET && ctx->family != AF_INET6))
		return 0;
	if ((only_family && only_family != ctx->family) || (only_local_port && only_local_port != ctx->sport) ||
	    (only_remote_port && only_remote_port != ctx->dport))
		return 0;

	/* An accepted connection begins in SYN_RECV, another in SYN_SENT. */
	if (now == TCP_SYN_SENT || (now == TCP_ESTABLISHED && before == TCP_SYN_RECV)) {
		struct connection new = { .since_ns = bpf_ktime_get_ns(), .accepted = now != TCP_SYN_SENT };

		bpf_map_update_elem(&connections, &socket, &new, BPF_ANY);
	}
	connection = bpf_map_lookup_elem(&connections, &socket);
	if (!connection)
		return 0;
	if (is_made_by_owner(now)) {
		connection->pid = bpf_get_current_pid_tgid() >> 32;
		bpf_get_current_comm(connection->comm, sizeof(connection->comm));
	}
	if (now == TCP_CLOSE) {
		report(ctx, connection);
		bpf_map_delete_elem(&connections, &socket);
	}
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
