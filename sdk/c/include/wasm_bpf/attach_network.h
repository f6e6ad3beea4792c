/* Attaching programs to the network: interfaces, cgroups, namespaces, sockets, routes. Part of <bpf/libbpf.h>. */
#ifndef WASM_BPF_ATTACH_NETWORK_H
#define WASM_BPF_ATTACH_NETWORK_H

#include <wasm_bpf/attach.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bpf_cgroup_opts {
	size_t sz;
	__u32 flags;
	__u32 relative_fd;
	__u32 relative_id;
	__u64 expected_revision;
};

/* `cgroup` is what wasm_bpf_cgroup() gave. */
LIBBPF_API struct bpf_link *bpf_program__attach_cgroup_opts(const struct bpf_program *program, int cgroup,
							    const struct bpf_cgroup_opts *opts)
{
	struct wasm_bpf_attach_options options = wasm_bpf__attach_options(WASM_BPF_ATTACH_CGROUP, NULL, NULL);

	options.handle = cgroup;
	if (opts) {
		options.flags = opts->flags;
		options.relative = (wasm_bpf_handle)opts->relative_fd;
		options.relative_id = opts->relative_id;
		options.expected_revision = opts->expected_revision;
	}
	return wasm_bpf__attach(program, options);
}

LIBBPF_API struct bpf_link *bpf_program__attach_cgroup(const struct bpf_program *program, int cgroup)
{
	return bpf_program__attach_cgroup_opts(program, cgroup, NULL);
}

LIBBPF_API struct bpf_link *bpf_program__attach_xdp(const struct bpf_program *program, int ifindex)
{
	struct wasm_bpf_attach_options options = wasm_bpf__attach_options(WASM_BPF_ATTACH_XDP, NULL, NULL);

	options.interface_index = ifindex;
	return wasm_bpf__attach(program, options);
}

struct bpf_tcx_opts {
	size_t sz;
	__u32 flags;
	__u32 relative_fd; /* bpf_program__fd(), or bpf_link__fd() with BPF_F_LINK */
	__u32 relative_id;
	__u64 expected_revision;
};

LIBBPF_API struct bpf_link *bpf_program__attach_tcx(const struct bpf_program *program, int ifindex,
						    const struct bpf_tcx_opts *opts)
{
	struct wasm_bpf_attach_options options = wasm_bpf__attach_options(WASM_BPF_ATTACH_TCX, NULL, NULL);

	options.interface_index = ifindex;
	if (opts) {
		options.flags = opts->flags;
		options.relative = (wasm_bpf_handle)opts->relative_fd;
		options.relative_id = opts->relative_id;
		options.expected_revision = opts->expected_revision;
	}
	return wasm_bpf__attach(program, options);
}

struct bpf_netkit_opts {
	size_t sz;
	__u32 flags;
	__u32 relative_fd; /* as of struct bpf_tcx_opts */
	__u32 relative_id;
	__u64 expected_revision;
};

LIBBPF_API struct bpf_link *bpf_program__attach_netkit(const struct bpf_program *program, int ifindex,
						       const struct bpf_netkit_opts *opts)
{
	struct wasm_bpf_attach_options options = wasm_bpf__attach_options(WASM_BPF_ATTACH_NETKIT, NULL, NULL);

	options.interface_index = ifindex;
	if (opts) {
		options.flags = opts->flags;
		options.relative = (wasm_bpf_handle)opts->relative_fd;
		options.relative_id = opts->relative_id;
		options.expected_revision = opts->expected_revision;
	}
	return wasm_bpf__attach(program, options);
}

struct bpf_netfilter_opts {
	size_t sz;
	__u32 pf;
	__u32 hooknum;
	__s32 priority;
	__u32 flags;
};

LIBBPF_API struct bpf_link *bpf_program__attach_netfilter(const struct bpf_program *program,
							  const struct bpf_netfilter_opts *opts)
{
	struct wasm_bpf_attach_options options = wasm_bpf__attach_options(WASM_BPF_ATTACH_NETFILTER, NULL, NULL);

	if (opts) {
		options.protocol_family = opts->pf;
		options.hook = opts->hooknum;
		options.priority = (uint32_t)opts->priority;
		options.flags = opts->flags;
	}
	return wasm_bpf__attach(program, options);
}

/* `name_space` is what wasm_bpf_network_namespace() gave. */
LIBBPF_API struct bpf_link *bpf_program__attach_netns(const struct bpf_program *program, int name_space)
{
	struct wasm_bpf_attach_options options = wasm_bpf__attach_options(WASM_BPF_ATTACH_NETNS, NULL, NULL);

	options.handle = name_space;
	return wasm_bpf__attach(program, options);
}

/* `map_fd` is bpf_map__fd() of a sockmap or sockhash. */
LIBBPF_API struct bpf_link *bpf_program__attach_sockmap(const struct bpf_program *program, int map_fd)
{
	struct wasm_bpf_attach_options options = wasm_bpf__attach_options(WASM_BPF_ATTACH_SOCKMAP, NULL, NULL);

	options.handle = map_fd;
	return wasm_bpf__attach(program, options);
}

/* Not in libbpf: what native code does by open(), socket(), bind() and SO_ATTACH_BPF. A guest has no such fds: the host
 * opens, and gives handles. */

/* Opens a cgroup2 folder of the host for bpf_program__attach_cgroup(); wasm_bpf_close() ends it. */
static inline int wasm_bpf_cgroup(const char *path)
{
	return wasm_bpf__explain(wasm_bpf_cgroup_open(path, strlen(path)));
}

/* Opens a network namespace of the host for bpf_program__attach_netns(), as "/run/netns/NAME"; null: the host's own.
 * wasm_bpf_close() ends it. */
static inline int wasm_bpf_network_namespace(const char *path)
{
	return wasm_bpf__explain(wasm_bpf_network_namespace_open(path, path ? strlen(path) : 0));
}

/* Linux' numbers; the guest's own differ. */
#define WASM_BPF_AF_INET 2
#define WASM_BPF_AF_INET6 10
#define WASM_BPF_AF_PACKET 17
#define WASM_BPF_SOCK_STREAM 1
#define WASM_BPF_SOCK_DGRAM 2
#define WASM_BPF_SOCK_RAW 3

/* Opens a TCP or UDP socket of the host, for programs and for maps of sockets. `address`: 4 or 16 bytes as inet_pton()
 * gives them, or null for any; `port` 0: the host chooses; null and 0: not bound. `flags`: enum wasm_bpf_socket_flag.
 * wasm_bpf_close() ends it. */
static inline int wasm_bpf_socket(int family, int type, uint32_t flags, const void *address, uint16_t port)
{
	/* struct sockaddr_in6, whose beginning is struct sockaddr_in's */
	struct {
		uint16_t family;
		uint8_t port[2];
		uint8_t rest[24];
	} bound = { .family = (uint16_t)family, .port = { (uint8_t)(port >> 8), (uint8_t)port } };
	const int six = family == WASM_BPF_AF_INET6;
	struct wasm_bpf_socket_options options = {
		.size = sizeof(options),
		.family = (uint32_t)family,
		.type = (uint32_t)type,
		.flags = flags,
	};

	if (address)
		memcpy(bound.rest + (six ? 4 : 0), address, six ? 16 : 4);
	if (address || port) {
		options.address = (uintptr_t)&bound;
		options.address_size = six ? 28 : 16;
	}
	return wasm_bpf__explain(wasm_bpf_socket_open(&options));
}

/* Opens a packet socket on an interface; wasm_bpf_close() ends it. */
static inline int wasm_bpf_packet_socket(int ifindex)
{
	const uint32_t every_protocol = 0x0300; /* htons(ETH_P_ALL) */
	struct wasm_bpf_socket_options options = {
		.size = sizeof(options),
		.family = WASM_BPF_AF_PACKET,
		.type = WASM_BPF_SOCK_RAW,
		.protocol = every_protocol,
		.interface_index = ifindex,
	};
	return wasm_bpf__explain(wasm_bpf_socket_open(&options));
}

/* Makes `program` the filter of a socket or, in section sk_reuseport, the one that chooses in the socket's group. */
static inline struct bpf_link *wasm_bpf_program_attach_socket(const struct bpf_program *program, int socket)
{
	struct wasm_bpf_attach_options options = wasm_bpf__attach_options(WASM_BPF_ATTACH_SOCKET, NULL, NULL);

	options.handle = socket;
	return wasm_bpf__attach(program, options);
}

/* Makes a route with `program` (lwt_in, lwt_out, lwt_xmit, lwt_seg6local) in it: `destination` as "10.0.0.0/8",
 * `gateway` an address, or null. It goes with the link. */
static inline struct bpf_link *wasm_bpf_program_attach_route(const struct bpf_program *program, const char *destination,
							     int ifindex, const char *gateway)
{
	struct wasm_bpf_attach_options options =
		wasm_bpf__attach_options(WASM_BPF_ATTACH_ROUTE, gateway, destination);

	options.interface_index = ifindex;
	return wasm_bpf__attach(program, options);
}

/* Attaches to an infrared receiver, as "/dev/lirc0". */
static inline struct bpf_link *wasm_bpf_program_attach_lirc(const struct bpf_program *program, const char *device)
{
	return wasm_bpf__attach(program, wasm_bpf__attach_options(WASM_BPF_ATTACH_LIRC, device, NULL));
}

#ifdef __cplusplus
}
#endif

#endif
