/* delegated [kprobe | TOKEN_PATH]: loads programs and maps, runs one, attaches them; with "kprobe" attaches what takes
 * more than a BPF token; with a path names the BPF file system that gives the token by itself. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "check.h"
#include "delegated.skel.h"

static void run(struct delegated_bpf *skeleton)
{
	char packet[64] = {0};
	unsigned int key = 7;
	unsigned long long length = 0;
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = packet, .data_size_in = sizeof(packet));

	CHECK(bpf_prog_test_run_opts(bpf_program__fd(skeleton->progs.on_packet), &options) == 0);
	CHECK(options.retval == 2); /* XDP_PASS */
	CHECK(bpf_map__lookup_elem(skeleton->maps.seen, &key, sizeof(key), &length, sizeof(length), 0) == 0);
	CHECK(length == sizeof(packet));
	CHECK(skeleton->bss->runs == 1);
}

/* Made without an object. */
static void make_map(void)
{
	unsigned int key = 1, value = 2, read = 0;
	int map = bpf_map_create(BPF_MAP_TYPE_HASH, "alone", sizeof(key), sizeof(value), 1, NULL);

	CHECK(map > 0);
	CHECK(bpf_map_update_elem(map, &key, &value, BPF_ANY) == 0);
	CHECK(bpf_map_lookup_elem(map, &key, &read) == 0 && read == value);
}

static void attach(struct delegated_bpf *skeleton)
{
	const unsigned int loopback = 1;
	struct bpf_link *link = bpf_program__attach_xdp(skeleton->progs.on_packet, loopback);

	CHECK(link);
	CHECK(bpf_link__destroy(link) == 0);
	CHECK(bpf_program__attach(skeleton->progs.on_system_call));
}

int main(int argc, char **argv)
{
	const char *argument = argc > 1 ? argv[1] : "";
	LIBBPF_OPTS(bpf_object_open_opts, options, .bpf_token_path = *argument == '/' ? argument : NULL);
	struct delegated_bpf *skeleton = delegated_bpf__open_opts(&options);

	CHECK(skeleton);
	CHECK(delegated_bpf__load(skeleton) == 0);
	if (strcmp(argument, "kprobe") == 0) {
		CHECK(bpf_program__attach(skeleton->progs.on_kprobe));
		return 0;
	}
	run(skeleton);
	if (*argument != '/')
		make_map();
	attach(skeleton);
	puts("done");
	return 0;
}
