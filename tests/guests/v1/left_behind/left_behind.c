/* left_behind KIND END CGROUP|INTERFACE BINARY FUNCTION: attaches one program, says so, waits for a byte of standard input, and
 * ends in the way that it is told. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <unistd.h>

#include "check.h"
#include "left_behind.skel.h"

static const char *cgroup, *binary, *function;

static void to_text(wasm_bpf_ptr *text, uint32_t *size, const char *value)
{
	*text = (wasm_bpf_ptr)(uintptr_t)value;
	*size = strlen(value);
}

static void on_interface(struct wasm_bpf_attach_options *options)
{
	options->interface_index = 1; /* lo */
}

static void on_tc(struct wasm_bpf_attach_options *options)
{
	options->interface_index = 1;
	options->flags = BPF_TC_INGRESS;
}

static void on_function(struct wasm_bpf_attach_options *options)
{
	to_text(&options->path, &options->path_size, binary);
	to_text(&options->name, &options->name_size, function);
	options->pid = -1;
}

static void on_cgroup(struct wasm_bpf_attach_options *options)
{
	to_text(&options->path, &options->path_size, cgroup);
}

/* The interface's number is in the place of the cgroup. */
static void on_netkit(struct wasm_bpf_attach_options *options)
{
	options->interface_index = atoi(cgroup);
}

static void on_route(struct wasm_bpf_attach_options *options)
{
	to_text(&options->name, &options->name_size, "10.9.0.0/16");
	options->interface_index = 1;
}

static void on_socket(struct wasm_bpf_attach_options *options)
{
	struct wasm_bpf_socket_options socket = {.size = sizeof(socket), .family = 17, .type = 3, .protocol = 0x300};

	options->handle = wasm_bpf_socket_open(&socket);
	CHECK(options->handle > 0);
}

static void on_perf_event(struct wasm_bpf_attach_options *options)
{
	/* struct perf_event_attr, its first version: PERF_TYPE_SOFTWARE, the size; PERF_COUNT_SW_CPU_CLOCK; the period. */
	static const uint64_t attr[8] = {1 | 64ULL << 32, 0, 1000000};

	options->handle = wasm_bpf_perf_event_open(attr, sizeof(attr), -1, 0, 0, 0);
	CHECK(options->handle > 0);
}

static void on_netfilter(struct wasm_bpf_attach_options *options)
{
	options->protocol_family = 2; /* NFPROTO_IPV4 */
	options->hook = 1;            /* NF_INET_LOCAL_IN */
	options->priority = 7;
}

static void on_netns(struct wasm_bpf_attach_options *options)
{
	options->handle = wasm_bpf_network_namespace_open("", 0);
	CHECK(options->handle > 0);
}

static void on_sockmap(struct wasm_bpf_attach_options *options);

static const struct kind {
	const char *name, *program;
	uint32_t kind;
	void (*place)(struct wasm_bpf_attach_options *options);
} kinds[] = {
	{"none", NULL, 0, NULL},
	{"xdp", "on_xdp", WASM_BPF_ATTACH_XDP, on_interface},
	{"tc", "on_tc", WASM_BPF_ATTACH_TC, on_tc},
	{"tcx", "on_tcx", WASM_BPF_ATTACH_TCX, on_interface},
	{"tracepoint", "on_tracepoint", WASM_BPF_ATTACH_AUTO, NULL},
	{"raw_tracepoint", "on_raw_tracepoint", WASM_BPF_ATTACH_AUTO, NULL},
	{"trace", "on_trace", WASM_BPF_ATTACH_TRACE, NULL},
	{"uprobe", "on_uprobe", WASM_BPF_ATTACH_UPROBE, on_function},
	{"uprobe_multi", "on_uprobe_multi", WASM_BPF_ATTACH_UPROBE_MULTI, on_function},
	{"cgroup", "on_cgroup", WASM_BPF_ATTACH_CGROUP, on_cgroup},
	{"socket", "on_socket", WASM_BPF_ATTACH_SOCKET, on_socket},
	{"perf_event", "on_perf_event", WASM_BPF_ATTACH_PERF_EVENT, on_perf_event},
	{"netfilter", "on_netfilter", WASM_BPF_ATTACH_NETFILTER, on_netfilter},
	{"netns", "on_netns", WASM_BPF_ATTACH_NETNS, on_netns},
	{"sockmap", "on_sockmap", WASM_BPF_ATTACH_SOCKMAP, on_sockmap},
	{"iterator", "on_iterator", WASM_BPF_ATTACH_ITERATOR, NULL},
	{"kprobe", "on_kprobe", WASM_BPF_ATTACH_AUTO, NULL},
	{"fentry", "on_fentry", WASM_BPF_ATTACH_TRACE, NULL},
	{"lsm", "on_lsm", WASM_BPF_ATTACH_TRACE, NULL},
	{"route", "on_route", WASM_BPF_ATTACH_ROUTE, on_route},
	{"netkit", "on_netkit", WASM_BPF_ATTACH_NETKIT, on_netkit},
};

static struct left_behind_bpf *skeleton;

static void on_sockmap(struct wasm_bpf_attach_options *options)
{
	options->handle = bpf_map__fd(skeleton->maps.sockets);
}

/* Loads these two programs alone. */
static struct left_behind_bpf *load(const char *one, const char *other)
{
	struct left_behind_bpf *opened = left_behind_bpf__open();
	struct bpf_program *program;

	CHECK(opened);
	bpf_object__for_each_program(program, opened->obj) {
		const char *name = bpf_program__name(program);

		bpf_program__set_autoload(program, (one && !strcmp(name, one)) || (other && !strcmp(name, other)));
	}
	CHECK(left_behind_bpf__load(opened) == 0);
	return opened;
}

static int trap_here(void *context, void *data, size_t size)
{
	(void)context, (void)data, (void)size;
	__builtin_trap();
}

static int end(const char *how)
{
	LIBBPF_OPTS(bpf_test_run_opts, run);

	if (!strcmp(how, "exit"))
		exit(7);
	if (!strcmp(how, "trap"))
		__builtin_trap();
	if (!strcmp(how, "denied"))
		load("denied", NULL);
	if (!strcmp(how, "callback")) {
		struct ring_buffer *ring = ring_buffer__new(bpf_map__fd(skeleton->maps.events), trap_here, NULL, NULL);

		CHECK(ring);
		CHECK(bpf_prog_test_run_opts(bpf_program__fd(skeleton->progs.emit), &run) == 0);
		ring_buffer__poll(ring, 1000);
	}
	if (!strcmp(how, "stall"))
		bpf_prog_test_run_opts(bpf_program__fd(skeleton->progs.stall), &run);
	while (!strcmp(how, "loop"))
		;
	return 0;
}

int main(int argc, char **argv)
{
	const struct kind *kind = kinds;
	struct wasm_bpf_attach_options options = {.size = sizeof(options)};

	CHECK(argc == 6);
	cgroup = argv[3], binary = argv[4], function = argv[5];
	while (strcmp(kind->name, argv[1]))
		CHECK(++kind < kinds + sizeof(kinds) / sizeof(*kinds));
	skeleton = load(kind->program, strcmp(argv[2], "stall") ? "emit" : "stall");
	if (kind->program) {
		struct bpf_program *program = bpf_object__find_program_by_name(skeleton->obj, kind->program);

		options.kind = kind->kind;
		if (kind->place)
			kind->place(&options);
		if (wasm_bpf_program_attach(bpf_program__fd(program), &options) <= 0) {
			char text[512];

			wasm_bpf_error_text(text, sizeof(text));
			fprintf(stderr, "%s\n", text);
			return 3;
		}
	}
	puts("attached");
	fflush(stdout);
	getchar();
	return end(argv[2]);
}
