// Prints, for each of 30 rounds, how many nanoseconds a node takes of a list that BPF built in an arena.
#include <errno.h>
#include <linux/types.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "arena.h"
#include "arena.skel.h"

enum { ROUNDS = 30, WALKS = 100 };

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

static __attribute__((noinline)) __u64 walk(const struct node *node)
{
	__u64 sum = 0;

	for (; node; node = node->next)
		sum += node->value;
	return sum;
}

static int measure(struct arena_bpf *tool)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int error = bpf_prog_test_run_opts(bpf_program__fd(tool->progs.build), &opts);
	const struct node *head = (const struct node *)(uintptr_t)tool->bss->head;

	if (error || opts.retval)
		return error ? error : -ENOMEM;
	for (int round = 0; round < ROUNDS; round++) {
		__u64 sum = 0;
		double start = now_ns();
		for (int i = 0; i < WALKS; i++) {
			__asm__ volatile("" : "+r"(head) : : "memory"); /* or one walk would do for all */
			sum += walk(head);
		}
		double end = now_ns();
		if (sum != (__u64)WALKS * NODES * (NODES - 1) / 2)
			return -EBADMSG;
		printf("%.3f\n", (end - start) / WALKS / NODES);
	}
	return 0;
}

int main(void)
{
	struct arena_bpf *tool = arena_bpf__open_and_load();
	int error = tool ? measure(tool) : -errno;

	arena_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "arena: %s\n", strerror(-error));
	return error ? 1 : 0;
}
