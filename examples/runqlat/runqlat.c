// Prints histograms of how long tasks wait for a CPU.
#include <errno.h>
#include <getopt.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "runqlat.h"
#include "runqlat.skel.h"

#define MAX_STARS 40

static const char usage[] =
	"Usage: runqlat [-m] [-P] [-p PID] [INTERVAL [COUNT]]\n"
	"Shows how long tasks wait for a CPU, every INTERVAL seconds (1), COUNT times (for ever).\n"
	"  -m      in milliseconds (microseconds)\n"
	"  -P      a histogram for each process\n"
	"  -p PID  that process alone\n"
	"  -h      this text\n";

struct options {
	bool milliseconds;
	bool per_process;
	__u32 process;
	unsigned int interval_seconds;
	unsigned int count; /* 0: for ever */
};

static struct options parse(int argc, char **argv)
{
	struct options options = { .interval_seconds = 1 };

	for (int option; (option = getopt(argc, argv, "mPp:h")) != -1;) {
		switch (option) {
		case 'm': options.milliseconds = true; break;
		case 'P': options.per_process = true; break;
		case 'p': options.process = strtoul(optarg, NULL, 10); break;
		case 'h': fputs(usage, stdout); exit(0);
		default: fputs(usage, stderr); exit(1);
		}
	}
	if (optind < argc)
		options.interval_seconds = strtoul(argv[optind], NULL, 10);
	if (optind + 1 < argc)
		options.count = strtoul(argv[optind + 1], NULL, 10);
	if (!options.interval_seconds || optind + 2 < argc) {
		fputs(usage, stderr);
		exit(1);
	}
	return options;
}

static void print_histogram(const struct histogram *histogram, const char *unit)
{
	static const char stars[MAX_STARS + 1] = "****************************************";
	__u32 largest = 0, last = 0;

	for (__u32 slot = 0; slot < SLOTS; slot++) {
		if (histogram->slots[slot])
			last = slot;
		if (histogram->slots[slot] > largest)
			largest = histogram->slots[slot];
	}
	printf("%23s : %-8s distribution\n", unit, "count");
	for (__u32 slot = 0; slot <= last; slot++) {
		__u32 count = histogram->slots[slot];
		__u32 low = slot ? 1u << slot : 0;
		int length = largest ? (int)((__u64)count * MAX_STARS / largest) : 0;
		printf("%10u -> %-10u : %-8u |%-*.*s|\n", low, (2u << slot) - 1, count, MAX_STARS, length, stars);
	}
	printf("\n");
}

/* Prints what was gathered and starts over. The keys first: those deleted may come back at once. */
static int print_histograms(int map, const struct options *options)
{
	static __u32 processes[MAX_TASKS];
	struct histogram histogram;
	unsigned int count = 0;

	while (count < MAX_TASKS &&
	       bpf_map_get_next_key(map, count ? &processes[count - 1] : NULL, &processes[count]) == 0)
		count++;
	for (unsigned int i = 0; i < count; i++) {
		int error = bpf_map_lookup_and_delete_elem(map, &processes[i], &histogram);
		if (error)
			return error;
		if (options->per_process)
			printf("process %u (%.*s)\n", processes[i], COMM_BYTES, histogram.comm);
		print_histogram(&histogram, options->milliseconds ? "milliseconds" : "microseconds");
	}
	fflush(stdout);
	return 0;
}

static int run(struct runqlat_bpf *tool, const struct options *options)
{
	int error = runqlat_bpf__attach(tool);

	if (error)
		return error;
	printf("Run queue latency; Ctrl-C ends it.\n\n");
	fflush(stdout);
	for (unsigned int i = 0; !error && (!options->count || i < options->count); i++) {
		sleep(options->interval_seconds);
		error = print_histograms(bpf_map__fd(tool->maps.histograms), options);
	}
	return error;
}

int main(int argc, char **argv)
{
	struct options options = parse(argc, argv);
	struct runqlat_bpf *tool = runqlat_bpf__open();
	int error = tool ? 0 : -errno;

	if (tool) {
		tool->rodata->only_process = options.process;
		tool->rodata->per_process = options.per_process;
		tool->rodata->milliseconds = options.milliseconds;
		error = runqlat_bpf__load(tool);
	}
	if (!error)
		error = run(tool, &options);
	runqlat_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "runqlat: %s\n", strerror(-error));
	return error ? 1 : 0;
}
