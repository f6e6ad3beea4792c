/* Attaching programs to the network: interfaces, cgroups, namespaces, sockmaps. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>

#include "attach_options.h"

/* `cgroup` is what wasm_bpf_cgroup() gave. */
struct bpf_link *bpf_program__attach_cgroup_opts(const struct bpf_program *program, int cgroup,
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

struct bpf_link *bpf_program__attach_cgroup(const struct bpf_program *program, int cgroup)
{
	return bpf_program__attach_cgroup_opts(program, cgroup, NULL);
}

struct bpf_link *bpf_program__attach_xdp(const struct bpf_program *program, int ifindex)
{
	struct wasm_bpf_attach_options options = wasm_bpf__attach_options(WASM_BPF_ATTACH_XDP, NULL, NULL);

	options.interface_index = ifindex;
	return wasm_bpf__attach(program, options);
}

struct bpf_link *bpf_program__attach_tcx(const struct bpf_program *program, int ifindex,
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

struct bpf_link *bpf_program__attach_netkit(const struct bpf_program *program, int ifindex,
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

struct bpf_link *bpf_program__attach_netfilter(const struct bpf_program *program,
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
struct bpf_link *bpf_program__attach_netns(const struct bpf_program *program, int name_space)
{
	struct wasm_bpf_attach_options options = wasm_bpf__attach_options(WASM_BPF_ATTACH_NETNS, NULL, NULL);

	options.handle = name_space;
	return wasm_bpf__attach(program, options);
}

/* `map_fd` is bpf_map__fd() of a sockmap or sockhash. */
struct bpf_link *bpf_program__attach_sockmap(const struct bpf_program *program, int map_fd)
{
	struct wasm_bpf_attach_options options = wasm_bpf__attach_options(WASM_BPF_ATTACH_SOCKMAP, NULL, NULL);

	options.handle = map_fd;
	return wasm_bpf__attach(program, options);
}
