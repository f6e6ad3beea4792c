// Prints, for each of 30 rounds, how many nanoseconds a record takes from the full ring to the callback.
#include <errno.h>
#include <linux/types.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "drain.h"
#include "drain.skel.h"

enum { ROUNDS = 30 };

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

static int add_number(void *context, void *data, size_t size)
{
	__u64 *sum = context;
	const struct event *event = data;

	(void)size;
	*sum += event->number;
	return 0;
}

/* One function for the whole program, as tools have it, which the guest's linker finds out; or, as for a program with several, a
 * pointer that nobody knows. */
#ifdef BY_POINTER
static ring_buffer_sample_fn volatile callback = add_number;
#else
#define callback add_number
#endif

#ifdef VERSION_0
/* The older runtimes' interface (guests only): the host copies a record into a buffer and calls the guest, one by one. */
__attribute__((import_module("wasm_bpf"), import_name("wasm_bpf_buffer_poll"))) int
wasm_bpf_buffer_poll(__u64 object, int fd, int callback, __u64 *context, void *data, int size, int timeout_ms);

static int drain(struct drain_bpf *tool, struct ring_buffer *ring, __u64 *sum)
{
	static struct event event;

	(void)ring;
	return wasm_bpf_buffer_poll((__u64)(uintptr_t)tool->obj, bpf_map__fd(tool->maps.events), (int)add_number, sum,
				    &event, sizeof(event), 1000);
}
#else
static int drain(struct drain_bpf *tool, struct ring_buffer *ring, __u64 *sum)
{
	(void)tool;
	(void)sum;
	return ring_buffer__consume(ring);
}
#endif

static int measure(struct drain_bpf *tool)
{
	__u64 sum = 0, expected = 0, number = 0;
	struct ring_buffer *ring = ring_buffer__new(bpf_map__fd(tool->maps.events), callback, &sum, NULL);

	if (!ring)
		return -errno;
	for (int round = 0; round < ROUNDS; round++) {
		LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &number, .ctx_size_in = sizeof(number));
		int result = bpf_prog_test_run_opts(bpf_program__fd(tool->progs.fill), &opts);
		if (result < 0)
			return result;
		double start = now_ns();
		result = drain(tool, ring, &sum);
		double end = now_ns();
		if (result < 0)
			return result;
		for (int i = 0; i < RECORDS; i++)
			expected += number++;
		if (result != RECORDS || sum != expected)
			return -EBADMSG;
		printf("%.3f\n", (end - start) / RECORDS);
	}
	ring_buffer__free(ring);
	return 0;
}

int main(void)
{
	struct drain_bpf *tool = drain_bpf__open_and_load();
	int error = tool ? measure(tool) : -errno;

	drain_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "drain: %s\n", strerror(-error));
	return error ? 1 : 0;
}
