/* Does one thing that a policy may deny: policy ACTION [ARGUMENT...]. 0 where it could be done. */
#include <bpf/libbpf.h>
#include <net/if.h>
#include <stdbool.h>
#include <unistd.h>

#include "check.h"
#include "kfunc.skel.h"
#include "map.skel.h"
#include "pinned.skel.h"
#include "policy.skel.h"

/* Loads the program of that name and no other. */
static struct bpf_program *load(const char *name)
{
	struct policy_bpf *skeleton = policy_bpf__open();
	struct bpf_program *program;

	CHECK(skeleton);
	bpf_object__for_each_program(program, skeleton->obj)
		CHECK(bpf_program__set_autoload(program, strcmp(bpf_program__name(program), name) == 0) == 0);
	CHECK(policy_bpf__load(skeleton) == 0);
	program = bpf_object__find_program_by_name(skeleton->obj, name);
	CHECK(program);
	return program;
}

static void load_program(char **arguments)
{
	load(arguments[0]);
}

static void load_kfunc(char **arguments)
{
	(void)arguments;
	CHECK(kfunc_bpf__open_and_load());
}

static void load_map(char **arguments)
{
	(void)arguments;
	CHECK(map_bpf__open_and_load());
}

/* Every time anew: what a closed map took must be there for the next. */
static void remake_map(char **arguments)
{
	for (unsigned long i = strtoul(arguments[0], NULL, 10); i > 0; i--) {
		struct map_bpf *skeleton = map_bpf__open_and_load();

		CHECK(skeleton);
		map_bpf__destroy(skeleton);
	}
}

static void attach(char **arguments)
{
	CHECK(bpf_program__attach(load(arguments[0])));
}

static void attach_xdp(char **arguments)
{
	struct bpf_link *link = bpf_program__attach_xdp(load("on_xdp"), if_nametoindex(arguments[0]));

	CHECK(link);
}

static void attach_cgroup(char **arguments)
{
	int cgroup = wasm_bpf_cgroup(arguments[0]);

	CHECK(cgroup > 0);
	CHECK(bpf_program__attach_cgroup(load("on_cgroup"), cgroup));
}

static void attach_uprobe(char **arguments)
{
	LIBBPF_OPTS(bpf_uprobe_opts, options, .func_name = arguments[1]);

	CHECK(bpf_program__attach_uprobe_opts(load("on_uprobe"), -1, arguments[0], 0, &options));
}

static int attach_with(const char *program, struct wasm_bpf_attach_options options)
{
	options.size = sizeof(options);
	return wasm_bpf__explain(wasm_bpf_program_attach(bpf_program__fd(load(program)), &options));
}

/* To the namespace of that path, or to the host's own. */
static void attach_netns(char **arguments)
{
	struct wasm_bpf_attach_options options = { .kind = WASM_BPF_ATTACH_NETNS };

	if (arguments[0]) {
		options.handle = wasm_bpf__explain(wasm_bpf_network_namespace_open(arguments[0], strlen(arguments[0])));
		CHECK(options.handle > 0);
	}
	CHECK(attach_with("on_lookup", options) > 0);
}

static void attach_lirc(char **arguments)
{
	struct wasm_bpf_attach_options options = {
		.kind = WASM_BPF_ATTACH_LIRC,
		.path = (wasm_bpf_ptr)(uintptr_t)arguments[0],
		.path_size = strlen(arguments[0]),
	};

	CHECK(attach_with("on_xdp", options) > 0);
}

static void open_socket(char **arguments)
{
	(void)arguments;
	CHECK(wasm_bpf_packet_socket(1) > 0);
}

static void perf_event(char **arguments)
{
	const uint32_t software = 1, first_size = 64; /* PERF_TYPE_SOFTWARE, PERF_ATTR_SIZE_VER0 */
	const uint32_t attr[16] = { software, first_size };

	(void)arguments;
	CHECK(wasm_bpf__explain(wasm_bpf_perf_event_open(attr, first_size, -1, 0, 0, 0)) > 0);
}

static void kernel_symbol(char **arguments)
{
	uint64_t address;

	CHECK(wasm_bpf__explain(wasm_bpf_kernel_symbol(arguments[0], strlen(arguments[0]), &address)) == 0);
}

/* Opening asks already; loading would pin. */
static void open_pinned(char **arguments)
{
	struct pinned_bpf *skeleton = pinned_bpf__open();
	struct bpf_map *map;

	(void)arguments;
	CHECK(skeleton && pinned_bpf__load(skeleton) == 0);
	bpf_object__for_each_map(map, skeleton->obj)
		CHECK(bpf_map__unpin(map, NULL) == 0);
}

static void open_with_btf(char **arguments)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .btf_custom_path = arguments[0]);

	CHECK(policy_bpf__open_opts(&options));
}

static void open_file(char **arguments)
{
	CHECK(fopen(arguments[0], "r"));
}

static void environment(char **arguments)
{
	CHECK(getenv(arguments[0]));
}

static void memory(char **arguments)
{
	const size_t pages_of_a_megabyte = 16;

	CHECK(__builtin_wasm_memory_grow(0, strtoul(arguments[0], NULL, 10) * pages_of_a_megabyte) != (size_t)-1);
}

static void loop(char **arguments)
{
	(void)arguments;
	for (volatile int i = 0;; i = i + 1)
		;
}

static void handles(char **arguments)
{
	for (unsigned long i = strtoul(arguments[0], NULL, 10); i > 0; i--)
		CHECK(wasm_bpf_ring_open() > 0);
}

static const struct {
	const char *name;
	void (*act)(char **arguments);
} actions[] = {
	{ "load", load_program },
	{ "load_kfunc", load_kfunc },
	{ "load_map", load_map },
	{ "remake_map", remake_map },
	{ "attach", attach },
	{ "attach_xdp", attach_xdp },
	{ "attach_cgroup", attach_cgroup },
	{ "attach_uprobe", attach_uprobe },
	{ "attach_netns", attach_netns },
	{ "attach_lirc", attach_lirc },
	{ "socket", open_socket },
	{ "perf_event", perf_event },
	{ "kernel_symbol", kernel_symbol },
	{ "open_pinned", open_pinned },
	{ "open_with_btf", open_with_btf },
	{ "open", open_file },
	{ "environment", environment },
	{ "memory", memory },
	{ "loop", loop },
	{ "handles", handles },
};

int main(int argc, char **argv)
{
	CHECK(argc > 1);
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(actions[i].name, argv[1]) != 0)
			continue;
		actions[i].act(argv + 2);
		return 0;
	}
	CHECK(!"an unknown action");
	return 1;
}
