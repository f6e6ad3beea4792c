/* Attaching programs to the network: interfaces, cgroups, namespaces, sockets, routes. Part of <bpf/libbpf.h>. */
#ifndef WASM_BPF_ATTACH_NETWORK_H
#define WASM_BPF_ATTACH_NETWORK_H

#include <wasm_bpf/attach.h>

#ifdef __cplusplus
extern "C" {
#endif

/* `cgroup` is what wasm_bpf_cgroup() gave. */
LIBBPF_API struct bpf_link *bpf_program__attach_cgroup(const struct bpf_program *program, int cgroup)
{
	struct wasm_bpf_attach_options options = wasm_bpf__attach_options(WASM_BPF_ATTACH_CGROUP, NULL, NULL);

	options.handle = cgroup;
	return wasm_bpf__attach(program, options);
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
	__u32 relative_fd;
	__u32 relative_id;
	__u64 expected_revision;
};

LIBBPF_API struct bpf_link *bpf_program__attach_tcx(const struct bpf_program *program, int ifindex,
						    const struct bpf_tcx_opts *opts)
{
	struct wasm_bpf_attach_options options = wasm_bpf__attach_options(WASM_BPF_ATTACH_TCX, NULL, NULL);

	options.interface_index = ifindex;
	if (opts && (opts->flags || opts->relative_fd || opts->relative_id || opts->expected_revision)) {
		wasm_bpf__unsupported("bpf_program__attach_tcx: guests cannot choose a place among other programs");
		return NULL;
	}
	return wasm_bpf__attach(program, options);
}

/* Not in libbpf: what native code does by open(), socket(), bind() and SO_ATTACH_BPF. A guest has no such fds: the host
 * opens, and gives handles. */

/* Opens a cgroup2 folder of the host for bpf_program__attach_cgroup(); wasm_bpf_close() ends it. */
static inline int wasm_bpf_cgroup(const char *path)
{
	return wasm_bpf__explain(wasm_bpf_cgroup_open(path, strlen(path)));
}

/* Opens a packet socket on an interface; wasm_bpf_close() ends it. */
static inline int wasm_bpf_packet_socket(int ifindex)
{
	const uint32_t linux_af_packet = 17, linux_sock_raw = 3, linux_every_protocol = 0x0300; /* htons(ETH_P_ALL) */
	struct wasm_bpf_socket_options options = {
		.size = sizeof(options),
		.family = linux_af_packet,
		.type = linux_sock_raw,
		.protocol = linux_every_protocol,
		.interface_index = ifindex,
	};
	return wasm_bpf__explain(wasm_bpf_socket_open(&options));
}

/* Makes `program` the filter of a packet socket. */
static inline struct bpf_link *wasm_bpf_program_attach_socket(const struct bpf_program *program, int packet_socket)
{
	struct wasm_bpf_attach_options options = wasm_bpf__attach_options(WASM_BPF_ATTACH_SOCKET, NULL, NULL);

	options.handle = packet_socket;
	return wasm_bpf__attach(program, options);
}

#ifdef __cplusplus
}
#endif

#endif
