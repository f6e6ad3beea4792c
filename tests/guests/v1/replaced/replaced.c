// A plugin of which tests put another version in its place while it runs: VERSION [resize] [trap|leave|spin].
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "replaced.h"
#include "replaced.skel.h"

static int print_record(void *context, void *data, size_t size)
{
	const struct seen *seen = data;

	(void)context;
	(void)size;
	printf("%llu %llu %llu\n", seen->version, seen->number, seen->count);
	return 0;
}

static int has(int argc, char **argv, const char *word)
{
	for (int i = 2; i < argc; i++)
		if (strcmp(argv[i], word) == 0)
			return 1;
	return 0;
}

int main(int argc, char **argv)
{
	struct replaced_bpf *skel = replaced_bpf__open();
	volatile int spins = has(argc, argv, "spin");
	struct ring_buffer *ring;

	if (!skel)
		return 1;
	skel->rodata->version = atoi(argv[1]);
	if (has(argc, argv, "resize"))
		bpf_map__set_max_entries(skel->maps.counts, 2);
	if (replaced_bpf__load(skel) != 0)
		return 2;
	skel->links.see_packet = bpf_program__attach_xdp(skel->progs.see_packet, if_nametoindex("lo"));
	if (!skel->links.see_packet)
		return 3;
	if (has(argc, argv, "trap"))
		abort();
	if (has(argc, argv, "leave"))
		return 7;
	while (spins)
		;
	ring = ring_buffer__new(bpf_map__fd(skel->maps.records), print_record, NULL, NULL);
	if (!ring)
		return 4;
	printf("ready\n");
	fflush(stdout);
	while (ring_buffer__poll(ring, -1) >= 0)
		fflush(stdout);
	return 5;
}
