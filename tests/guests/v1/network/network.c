/* Attaching to the network, and all that can be done with a link. Arguments: a cgroup's path, and "no-tcx" where the
 * kernel must say that it has none. */
#include <bpf/libbpf.h>
#include <unistd.h>

#include "check.h"
#include "network.skel.h"
#include "wait.h"

#define LOOPBACK 1

static struct network_bpf *network;

static __u32 program_id(const struct bpf_program *program)
{
	struct wasm_bpf_program_info info = { 0 };

	CHECK(wasm_bpf_program_info(bpf_program__fd(program), &info, sizeof(info)) == 0);
	return info.id;
}

static struct bpf_link_info info_of(const struct bpf_link *link)
{
	struct bpf_link_info info = { 0 };
	__u32 size = sizeof(info);

	CHECK(bpf_link_get_info_by_fd(bpf_link__fd(link), &info, &size) == 0);
	CHECK(info.id != 0);
	return info;
}

/* The kernel knows no place for it, or the host has no such handle: a failure with this reason. */
#define FAILS(call, reason)             \
	do {                            \
		errno = 0;              \
		CHECK(!(call));         \
		CHECK(errno == reason); \
	} while (0)

static void tcx(void)
{
	struct bpf_link *one, *two, *three;

	one = bpf_program__attach_tcx(network->progs.one, LOOPBACK, NULL);
	CHECK(one);
	LIBBPF_OPTS(bpf_tcx_opts, before, .flags = BPF_F_BEFORE, .relative_fd = bpf_program__fd(network->progs.one));
	two = bpf_program__attach_tcx(network->progs.two, LOOPBACK, &before);
	CHECK(two);
	LIBBPF_OPTS(bpf_tcx_opts, after, .flags = BPF_F_AFTER | BPF_F_LINK, .relative_fd = bpf_link__fd(one));
	three = bpf_program__attach_tcx(network->progs.three, LOOPBACK, &after);
	CHECK(three);
	CHECK(info_of(two).type == BPF_LINK_TYPE_TCX);
	CHECK(info_of(two).prog_id == program_id(network->progs.two));
	CHECK(info_of(two).tcx.ifindex == LOOPBACK && info_of(two).tcx.attach_type == BPF_TCX_INGRESS);

	/* A number of the host's, a handle of another kind, both ways to say it, a program that is nowhere. */
	LIBBPF_OPTS(bpf_tcx_opts, wrong, .flags = BPF_F_BEFORE, .relative_fd = 4711);
	FAILS(bpf_program__attach_tcx(network->progs.filter, LOOPBACK, &wrong), EBADF);
	wrong.relative_fd = bpf_link__fd(one);
	FAILS(bpf_program__attach_tcx(network->progs.filter, LOOPBACK, &wrong), EBADF);
	wrong.relative_fd = bpf_program__fd(network->progs.one);
	wrong.relative_id = 1;
	FAILS(bpf_program__attach_tcx(network->progs.filter, LOOPBACK, &wrong), EINVAL);
	FAILS(bpf_program__attach_tcx(network->progs.one, 4711, NULL), ENODEV);

	puts("attached");
	fflush(stdout);
	/* The test sends packets until one of them came. */
	for (int tries = 0; !NOW(network, network->bss->done) && tries < 2000; tries++)
		usleep(10000);
	CHECK(network->bss->order == 213);

	CHECK(bpf_link__destroy(three) == 0);
	CHECK(bpf_link__detach(two) == 0);
	CHECK(info_of(two).tcx.ifindex == 0);
	CHECK(bpf_link__destroy(two) == 0 && bpf_link__destroy(one) == 0);
	FAILS(!bpf_link__detach(two), EBADF);

	/* At the place of the type, as the older calls say it. */
	__u32 ids[2], count = 2;
	CHECK(!bpf_prog_attach(bpf_program__fd(network->progs.one), LOOPBACK, BPF_TCX_EGRESS, 0));
	CHECK(!bpf_prog_query(LOOPBACK, BPF_TCX_EGRESS, 0, NULL, ids, &count) && count == 1 && ids[0] > 0);
	CHECK(bpf_prog_detach2(bpf_program__fd(network->progs.two), LOOPBACK, BPF_TCX_EGRESS) == -ENOENT);
	CHECK(!bpf_prog_detach2(bpf_program__fd(network->progs.one), LOOPBACK, BPF_TCX_EGRESS));
}

static void no_tcx(void)
{
	FAILS(bpf_program__attach_tcx(network->progs.one, LOOPBACK, NULL), EINVAL);
	FAILS(bpf_program__attach_netkit(network->progs.one, LOOPBACK, NULL), EINVAL);
}

static void xdp(void)
{
	struct bpf_link *link = bpf_program__attach_xdp(network->progs.xdp_two, LOOPBACK);
	__u32 id;

	CHECK(link);
	CHECK(bpf_xdp_attach(LOOPBACK, bpf_program__fd(network->progs.xdp_one), 0, NULL) == -EBUSY);
	CHECK(info_of(link).type == BPF_LINK_TYPE_XDP && info_of(link).xdp.ifindex == LOOPBACK);
	FAILS(bpf_program__attach_xdp(network->progs.xdp_two, LOOPBACK), EBUSY);
	CHECK(bpf_link__destroy(link) == 0);
	CHECK(!bpf_xdp_attach(LOOPBACK, bpf_program__fd(network->progs.xdp_one), 2 /* XDP_FLAGS_SKB_MODE */, NULL));
	CHECK(!bpf_xdp_query_id(LOOPBACK, 0, &id) && id > 0);
	CHECK(!bpf_xdp_attach(LOOPBACK, bpf_program__fd(network->progs.xdp_again), 0, NULL));
	CHECK(bpf_xdp_attach(LOOPBACK, bpf_program__fd(network->progs.xdp_one), 1, NULL) == -EBUSY);
	CHECK(!bpf_xdp_detach(LOOPBACK, 0, NULL) && bpf_xdp_detach(LOOPBACK, 0, NULL) == -ENOENT);
	CHECK(!bpf_xdp_query_id(LOOPBACK, 0, &id) && id == 0);
	link = bpf_program__attach_xdp(network->progs.xdp_one, LOOPBACK);
	CHECK(link);
	/* Only for programs of the same kind: this one is not loaded for fragments. */
	CHECK(bpf_link__update_program(link, network->progs.one) < 0);
	CHECK(info_of(link).prog_id == program_id(network->progs.xdp_one));
	CHECK(bpf_link_update(bpf_link__fd(link), 12345, NULL) == -EBADF);
	bpf_link__disconnect(link);
	CHECK(bpf_link__destroy(link) == 0);
	/* Still there, to the guest's end. */
	FAILS(bpf_program__attach_xdp(network->progs.xdp_one, LOOPBACK), EBUSY);
}

static void legacy_tc(void)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = LOOPBACK, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, filter, .handle = 1, .priority = 9);
	LIBBPF_OPTS(bpf_tc_opts, query, .handle = 1, .priority = 9);

	filter.prog_fd = bpf_program__fd(network->progs.one);
	CHECK(bpf_tc_hook_create(&hook) == 0);
	CHECK(bpf_tc_attach(&hook, &filter) == 0);
	CHECK(bpf_tc_query(&hook, &query) == 0 && query.prog_id == program_id(network->progs.one));
	CHECK(bpf_tc_attach(&hook, &filter) == -EEXIST);
	filter.prog_fd = bpf_program__fd(network->progs.two);
	filter.flags = BPF_TC_F_REPLACE;
	CHECK(bpf_tc_attach(&hook, &filter) == 0);
	query.prog_id = 0;
	CHECK(bpf_tc_query(&hook, &query) == 0 && query.prog_id == program_id(network->progs.two));
	query.prog_id = 0;
	CHECK(bpf_tc_detach(&hook, &query) == 0);
	CHECK(bpf_tc_query(&hook, &query) == -ENOENT);
	CHECK(bpf_tc_hook_destroy(&hook) == 0);
}

static void cgroup(const char *path)
{
	int folder = wasm_bpf_cgroup(path);
	struct bpf_link *link, *again;

	CHECK(folder > 0);
	CHECK(wasm_bpf_cgroup("/tmp") == -EINVAL);
	link = bpf_program__attach_cgroup(network->progs.egress, folder);
	CHECK(link);
	CHECK(info_of(link).type == BPF_LINK_TYPE_CGROUP);
	CHECK(info_of(link).cgroup.attach_type == BPF_CGROUP_INET_EGRESS && info_of(link).cgroup.cgroup_id != 0);
	again = bpf_program__attach_cgroup_opts(network->progs.egress, folder, NULL);
	CHECK(again && bpf_link__destroy(again) == 0);
	/* As older tools do, with the place in the call. */
	CHECK(!bpf_prog_attach(bpf_program__fd(network->progs.either), folder, BPF_CGROUP_INET_INGRESS,
			       BPF_F_ALLOW_MULTI));
	CHECK(!bpf_prog_detach2(bpf_program__fd(network->progs.either), folder, BPF_CGROUP_INET_INGRESS));
	CHECK(bpf_prog_detach(folder, BPF_CGROUP_INET_INGRESS) == -ENOENT);
	CHECK(bpf_link__detach(link) == 0 && info_of(link).cgroup.cgroup_id == 0);
	CHECK(bpf_link__destroy(link) == 0);
	wasm_bpf_close(folder);
	FAILS(bpf_program__attach_cgroup(network->progs.egress, folder), EBADF);
}

static void sockets(void)
{
	const unsigned char loopback[4] = { 127, 0, 0, 1 };
	int map = bpf_map__fd(network->maps.sockets), one, two;
	struct bpf_link *link;
	__u32 key = 0;
	__u64 value;

	link = bpf_program__attach_sockmap(network->progs.verdict, map);
	CHECK(link);
	wasm_bpf_close(bpf_link__fd(link));
	FAILS(bpf_program__attach_sockmap(network->progs.verdict, LOOPBACK), EBADF);
	CHECK(!bpf_prog_attach(bpf_program__fd(network->progs.verdict), map, BPF_SK_SKB_STREAM_VERDICT, 0));
	CHECK(!bpf_prog_detach2(bpf_program__fd(network->progs.verdict), map, BPF_SK_SKB_STREAM_VERDICT));

	one = wasm_bpf_socket(WASM_BPF_AF_INET, WASM_BPF_SOCK_STREAM,
			      WASM_BPF_SOCKET_REUSE_PORT | WASM_BPF_SOCKET_LISTEN, loopback, 8000);
	two = wasm_bpf_socket(WASM_BPF_AF_INET, WASM_BPF_SOCK_STREAM,
			      WASM_BPF_SOCKET_REUSE_PORT | WASM_BPF_SOCKET_LISTEN, loopback, 8000);
	CHECK(one > 0 && two > 0);
	CHECK(wasm_bpf_socket(WASM_BPF_AF_INET, WASM_BPF_SOCK_STREAM, WASM_BPF_SOCKET_LISTEN, loopback, 8000) ==
	      -EADDRINUSE);
	CHECK(wasm_bpf_socket(WASM_BPF_AF_INET, WASM_BPF_SOCK_RAW, 0, NULL, 0) == -EAFNOSUPPORT);
	CHECK(wasm_bpf_socket(1, WASM_BPF_SOCK_STREAM, 0, NULL, 0) == -EAFNOSUPPORT);
	CHECK(wasm_bpf_socket(WASM_BPF_AF_INET6, WASM_BPF_SOCK_DGRAM, 8, NULL, 0) == -EINVAL);
	value = (__u64)one;
	CHECK(bpf_map_update_elem(map, &key, &value, BPF_ANY) == 0);
	link = wasm_bpf_program_attach_socket(network->progs.choose, one);
	CHECK(link);
	CHECK(bpf_link__destroy(link) == 0);
	FAILS(wasm_bpf_program_attach_socket(network->progs.choose, map), EBADF);
	link = wasm_bpf_program_attach_socket(network->progs.filter, one);
	CHECK(link && bpf_link__destroy(link) == 0);
	wasm_bpf_close(one);
	wasm_bpf_close(two);
}

static void namespaces(void)
{
	int own = wasm_bpf_network_namespace(NULL);
	struct bpf_link *link;

	CHECK(own > 0);
	CHECK(wasm_bpf_network_namespace("/proc/self/ns/mnt") == -EINVAL);
	CHECK(wasm_bpf_network_namespace("/dev/null") == -EINVAL);
	link = bpf_program__attach_netns(network->progs.lookup, own);
	CHECK(link);
	CHECK(info_of(link).type == BPF_LINK_TYPE_NETNS && info_of(link).netns.netns_ino != 0);
	CHECK(info_of(link).netns.attach_type == BPF_SK_LOOKUP);
	CHECK(bpf_link__destroy(link) == 0);
	link = bpf_program__attach_netns(network->progs.lookup, 0);
	CHECK(link && bpf_link__destroy(link) == 0);
	wasm_bpf_close(own);
}

static void routes(void)
{
	struct bpf_link *link = wasm_bpf_program_attach_route(network->progs.route, "10.9.0.0/16", LOOPBACK, NULL);

	if (!link && errno == EOPNOTSUPP)
		return; /* the kernel's configuration, said in the error */
	CHECK(link);
	FAILS(wasm_bpf_program_attach_route(network->progs.route, "10.9.0.0/16", LOOPBACK, NULL), EEXIST);
	CHECK(bpf_link__destroy(link) == 0);
	FAILS(wasm_bpf_program_attach_route(network->progs.route, "10.9.0.0/99", LOOPBACK, NULL), EINVAL);
}

static void tracing_links(void)
{
	struct bpf_link *link = bpf_program__attach(network->progs.trace);
	struct bpf_link_info info = { 0 };
	char name[64] = "";
	__u32 size = sizeof(info);

	CHECK(link);
	info.raw_tracepoint.tp_name = (uintptr_t)name;
	info.raw_tracepoint.tp_name_len = sizeof(name);
	CHECK(bpf_link_get_info_by_fd(bpf_link__fd(link), &info, &size) == 0);
	CHECK(info.type == BPF_LINK_TYPE_RAW_TRACEPOINT && !strcmp(name, "sys_enter"));
	CHECK(bpf_link__detach(link) == -EOPNOTSUPP);
	CHECK(bpf_link__destroy(link) == 0);
}

/* Options that a kind has no use for. */
static void refused_options(void)
{
	struct wasm_bpf_attach_options options = { .size = sizeof(options), .kind = WASM_BPF_ATTACH_XDP };
	int program = bpf_program__fd(network->progs.xdp_one);

	options.interface_index = LOOPBACK;
	options.relative_id = 1;
	CHECK(wasm_bpf__result(wasm_bpf_program_attach(program, &options)) == -EINVAL);
	options.relative_id = 0;
	options.reserved = 1;
	CHECK(wasm_bpf__result(wasm_bpf_program_attach(program, &options)) == -EINVAL);
	options.reserved = 0;
	options.kind = WASM_BPF_ATTACH_NETNS;
	CHECK(wasm_bpf__result(wasm_bpf_program_attach(program, &options)) == -EINVAL);
}

int main(int argc, char **argv)
{
	CHECK(argc == 2 || argc == 3);
	network = network_bpf__open_and_load();
	CHECK(network);
	refused_options();
	if (argc == 2)
		tcx();
	else
		no_tcx();
	legacy_tc();
	xdp();
	cgroup(argv[1]);
	sockets();
	namespaces();
	routes();
	tracing_links();
	return 0;
}
