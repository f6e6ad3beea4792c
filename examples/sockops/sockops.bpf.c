// Adds a TCP option with the caller's process id to the SYN of connections, and reads it where they are accepted.
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "sockops.h"

#define AF_INET 2
#define AF_INET6 10
#define SOL_TCP 6
#define TCP_SAVE_SYN 27
#define TCPHDR_SYN 0x02
#define TCPHDR_ACK 0x10
#define OPTION_EXPERIMENT 254 /* RFC 6994 */
#define OPTION_MAGIC 0x5750   /* its experiment's identifier: "WP" */

/* The part of the kernel's task_struct that is used: see bootstrap. */
struct task_struct___used {
	int tgid;
} __attribute__((preserve_access_index));

struct pid_option {
	__u8 kind;
	__u8 bytes;
	__be16 magic;
	__be32 pid;
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u32);
} connecting_pid SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} connections SEC(".maps");

static __always_inline void set_callbacks(struct bpf_sock_ops *ops, __u32 add, __u32 remove)
{
	bpf_sock_ops_cb_flags_set(ops, (ops->bpf_sock_ops_cb_flags & ~remove) | add);
}

/* Runs in the process that calls connect(); a SYN that is sent again does not. */
static __always_inline void remember_pid(struct bpf_sock_ops *ops)
{
	struct task_struct___used *task = (void *)bpf_get_current_task();
	__u32 pid = BPF_CORE_READ(task, tgid);
	struct bpf_sock *socket = ops->sk;

	if (!socket || !bpf_sk_storage_get(&connecting_pid, socket, &pid, BPF_SK_STORAGE_GET_F_CREATE))
		return;
	set_callbacks(ops, BPF_SOCK_OPS_WRITE_HDR_OPT_CB_FLAG, 0);
}

static __always_inline bool sends_syn(struct bpf_sock_ops *ops)
{
	return (ops->skb_tcp_flags & (TCPHDR_SYN | TCPHDR_ACK)) == TCPHDR_SYN;
}

static __always_inline void write_option(struct bpf_sock_ops *ops)
{
	struct bpf_sock *socket = ops->sk;
	__u32 *pid = socket ? bpf_sk_storage_get(&connecting_pid, socket, NULL, 0) : NULL;
	struct pid_option option = {
		.kind = OPTION_EXPERIMENT,
		.bytes = sizeof(option),
		.magic = bpf_htons(OPTION_MAGIC),
	};

	if (!pid)
		return;
	option.pid = bpf_htonl(*pid);
	bpf_store_hdr_opt(ops, &option, sizeof(option), 0);
}

/* The pid in the SYN that began an accepted connection; 0: none. */
static __always_inline __u32 read_option(struct bpf_sock_ops *ops)
{
	struct pid_option option = {
		.kind = OPTION_EXPERIMENT,
		.bytes = sizeof(option.kind) + sizeof(option.bytes) + sizeof(option.magic),
		.magic = bpf_htons(OPTION_MAGIC),
	};

	if (bpf_load_hdr_opt(ops, &option, sizeof(option), BPF_LOAD_HDR_OPT_TCP_SYN) != sizeof(option))
		return 0;
	return bpf_ntohl(option.pid);
}

static __always_inline void report(struct bpf_sock_ops *ops, __u32 pid, __u8 accepted)
{
	struct connection connection = {
		.pid = pid,
		.accepted = accepted,
		.local_port = ops->local_port,
		.remote_port = bpf_ntohl(ops->remote_port),
	};

	if (ops->family == AF_INET) {
		__u32 local = ops->local_ip4, remote = ops->remote_ip4;
		connection.version = 4;
		__builtin_memcpy(connection.local, &local, sizeof(local));
		__builtin_memcpy(connection.remote, &remote, sizeof(remote));
	} else if (ops->family == AF_INET6) {
		__u32 local[] = { ops->local_ip6[0], ops->local_ip6[1], ops->local_ip6[2], ops->local_ip6[3] };
		__u32 remote[] = { ops->remote_ip6[0], ops->remote_ip6[1], ops->remote_ip6[2], ops->remote_ip6[3] };
		connection.version = 6;
		__builtin_memcpy(connection.local, local, sizeof(local));
		__builtin_memcpy(connection.remote, remote, sizeof(remote));
	} else {
		return;
	}
	bpf_ringbuf_output(&connections, &connection, sizeof(connection), 0);
}

static __always_inline void connected(struct bpf_sock_ops *ops)
{
	struct bpf_sock *socket = ops->sk;
	__u32 *pid = socket ? bpf_sk_storage_get(&connecting_pid, socket, NULL, 0) : NULL;

	set_callbacks(ops, 0, BPF_SOCK_OPS_WRITE_HDR_OPT_CB_FLAG);
	if (pid)
		report(ops, *pid, 0);
}

SEC("sockops")
int add_pid_option(struct bpf_sock_ops *ops)
{
	int save_syn = 1;

	switch (ops->op) {
	case BPF_SOCK_OPS_TCP_LISTEN_CB:
		bpf_setsockopt(ops, SOL_TCP, TCP_SAVE_SYN, &save_syn, sizeof(save_syn));
		break;
	case BPF_SOCK_OPS_TCP_CONNECT_CB: remember_pid(ops); break;
	case BPF_SOCK_OPS_HDR_OPT_LEN_CB:
		if (sends_syn(ops))
			bpf_reserve_hdr_opt(ops, sizeof(struct pid_option), 0);
		break;
	case BPF_SOCK_OPS_WRITE_HDR_OPT_CB:
		if (sends_syn(ops))
			write_option(ops);
		break;
	case BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB: connected(ops); break;
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB: report(ops, read_option(ops), 1); break;
	}
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
