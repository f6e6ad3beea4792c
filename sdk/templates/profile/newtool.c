// newtool: prints which processes used the CPUs, by samples.
#include <errno.h>
#include <linux/perf_event.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <wasm_bpf/perf_event.h>

#include "newtool.h"
#include "newtool.skel.h"

#define SAMPLES_PER_SECOND 49 /* not in step with what is done a hundred times a second */
#define MOST_CPUS 1024
#define SHOWN 20

struct row {
	struct task task;
	__u64 count;
};

/* A CPU that is offline has no event. */
static int attach_to_cpu(struct newtool_bpf *tool, int cpu, struct bpf_link **link)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.freq = 1,
		.sample_freq = SAMPLES_PER_SECOND,
	};
	int event = wasm_bpf_perf_event(&attr, -1, cpu, -1, 0);

	if (event < 0)
		return errno == ENODEV ? 0 : -errno;
	*link = bpf_program__attach_perf_event(tool->progs.sample, event);
	if (*link)
		return 0;
	int error = -errno;
	wasm_bpf_close(event);
	return error;
}

static int by_count(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return (x->count < y->count) - (x->count > y->count);
}

static void print_samples(int map)
{
	static struct row rows[10240];
	size_t count = 0;
	struct task *before = NULL;

	while (count < sizeof(rows) / sizeof(rows[0]) && !bpf_map_get_next_key(map, before, &rows[count].task)) {
		before = &rows[count].task;
		if (!bpf_map_lookup_elem(map, before, &rows[count].count))
			count++;
	}
	qsort(rows, count, sizeof(rows[0]), by_count);
	printf("%-7s %-16s %s\n", "PID", "COMM", "CPU SECONDS");
	for (size_t i = 0; i < count && i < SHOWN; i++)
		printf("%-7u %-16s %.2f\n", rows[i].task.pid, rows[i].task.comm, (double)rows[i].count / SAMPLES_PER_SECOND);
}

int main(int argc, char **argv)
{
	static struct bpf_link *links[MOST_CPUS];
	unsigned int seconds = argc > 1 ? strtoul(argv[1], NULL, 10) : 5;
	int cpus = libbpf_num_possible_cpus();

	if (argc > 2 || !seconds) {
		fputs("Usage: newtool [SECONDS]\nPrints which processes used the CPUs within SECONDS (5).\n", stderr);
		return 1;
	}
	struct newtool_bpf *tool = newtool_bpf__open_and_load();
	int error = tool ? 0 : -errno;
	for (int cpu = 0; !error && cpu < cpus && cpu < MOST_CPUS; cpu++)
		error = attach_to_cpu(tool, cpu, &links[cpu]);
	if (!error) {
		sleep(seconds);
		print_samples(bpf_map__fd(tool->maps.samples));
	}
	for (int cpu = 0; cpu < MOST_CPUS; cpu++)
		bpf_link__destroy(links[cpu]);
	newtool_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "newtool: %s\n", strerror(-error));
	return error ? 1 : 0;
}
