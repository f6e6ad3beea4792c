// Prints, for each of 30 rounds, how many nanoseconds one bpf_map_lookup_elem() takes.
#include <errno.h>
#include <linux/types.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "lookup.skel.h"

enum { ROUNDS = 30, KEYS = 1024, LOOKUPS = 20 * KEYS };

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

static int measure(int map)
{
	for (__u32 key = 0; key < KEYS; key++) {
		__u64 value = key;
		int error = bpf_map_update_elem(map, &key, &value, BPF_ANY);
		if (error)
			return error;
	}
	for (int round = 0; round < ROUNDS; round++) {
		double start = now_ns();
		for (__u32 i = 0; i < LOOKUPS; i++) {
			__u32 key = i % KEYS;
			__u64 value = KEYS;
			int error = bpf_map_lookup_elem(map, &key, &value);
			if (error)
				return error;
			if (value != key)
				return -EBADMSG;
		}
		printf("%.3f\n", (now_ns() - start) / LOOKUPS);
	}
	return 0;
}

int main(void)
{
	struct lookup_bpf *tool = lookup_bpf__open_and_load();
	int error = tool ? measure(bpf_map__fd(tool->maps.numbers)) : -errno;

	lookup_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "lookup: %s\n", strerror(-error));
	return error ? 1 : 0;
}
