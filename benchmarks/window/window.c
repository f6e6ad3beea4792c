// Usage: window array|global. Prints, for each of 30 rounds, how many nanoseconds one read takes of an mmapable array's
// element, or of a global variable through the skeleton.
#include <errno.h>
#include <linux/types.h>
#include <stdio.h>
#include <string.h>
#ifndef __wasm__
#include <sys/mman.h>
#endif
#include <time.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "window.skel.h"

enum { ROUNDS = 30, ELEMENTS = 512, READS = 2000 * ELEMENTS };

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

static const volatile __u64 *map_array(const struct bpf_map *map)
{
#ifdef __wasm__
	return wasm_bpf_map_window_new(map);
#else
	void *start = mmap(NULL, ELEMENTS * sizeof(__u64), PROT_READ, MAP_SHARED, bpf_map__fd(map), 0);

	return start == MAP_FAILED ? NULL : start;
#endif
}

/* In the place of the load, the compiler may not use what an earlier one gave. */
static __attribute__((noinline)) __u64 read_elements(const volatile __u64 *array)
{
	__u64 sum = 0;

	for (__u32 i = 0; i < READS; i++)
		sum += array[i % ELEMENTS];
	return sum;
}

static __attribute__((noinline)) __u64 read_global(struct window_bpf *tool)
{
	__u64 sum = 0;

	for (__u32 i = 0; i < READS; i++)
		sum += *(const volatile __u64 *)&tool->bss->number;
	return sum;
}

static int measure(struct window_bpf *tool, int is_array)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int error = bpf_prog_test_run_opts(bpf_program__fd(tool->progs.fill), &opts);
	const volatile __u64 *array = is_array ? map_array(tool->maps.numbers) : NULL;
	const __u64 expected = is_array ? (__u64)READS / ELEMENTS * (ELEMENTS * (ELEMENTS - 1) / 2) : 7ull * READS;

	if (error || (is_array && !array))
		return error ? error : -errno;
	for (__u32 i = 0; i < ELEMENTS; i++) {
		__u64 value = i;
		error = bpf_map_update_elem(bpf_map__fd(tool->maps.numbers), &i, &value, BPF_ANY);
		if (error)
			return error;
	}
	for (int round = 0; round < ROUNDS; round++) {
		double start = now_ns();
		__u64 sum = is_array ? read_elements(array) : read_global(tool);
		double end = now_ns();
		if (sum != expected)
			return -EBADMSG;
		printf("%.3f\n", (end - start) / READS);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct window_bpf *tool = window_bpf__open_and_load();
	int error = tool ? measure(tool, argc > 1 && strcmp(argv[1], "array") == 0) : -errno;

	window_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "window: %s\n", strerror(-error));
	return error ? 1 : 0;
}
