// Prints, for each of 30 rounds, how many nanoseconds an element takes of a batch of 1,000 by bpf_map_lookup_batch().
#include <errno.h>
#include <linux/types.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "batch.skel.h"

enum { ROUNDS = 30, ELEMENTS = 1000, BATCHES = 50 };

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

/* The whole map in one call, which says by -ENOENT that nothing is left. */
static int read_all(int map)
{
	static __u32 keys[ELEMENTS], next;
	static __u64 values[ELEMENTS];
	LIBBPF_OPTS(bpf_map_batch_opts, opts);
	__u32 count = ELEMENTS;
	int error = bpf_map_lookup_batch(map, NULL, &next, keys, values, &count, &opts);

	if (error && error != -ENOENT)
		return error;
	return count == ELEMENTS && values[0] == keys[0] && values[999] == keys[999] ? 0 : -EBADMSG;
}

static int measure(int map)
{
	for (__u32 key = 0; key < ELEMENTS; key++) {
		__u64 value = key;
		int error = bpf_map_update_elem(map, &key, &value, BPF_ANY);
		if (error)
			return error;
	}
	for (int round = 0; round < ROUNDS; round++) {
		double start = now_ns();
		for (int i = 0; i < BATCHES; i++) {
			int error = read_all(map);
			if (error)
				return error;
		}
		printf("%.3f\n", (now_ns() - start) / BATCHES / ELEMENTS);
	}
	return 0;
}

int main(void)
{
	struct batch_bpf *tool = batch_bpf__open_and_load();
	int error = tool ? measure(bpf_map__fd(tool->maps.numbers)) : -errno;

	batch_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "batch: %s\n", strerror(-error));
	return error ? 1 : 0;
}
