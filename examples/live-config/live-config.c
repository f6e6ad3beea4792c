// Samples the machine's system calls, and keeps the rate of samples below a bound by changing a variable of the program.
#include <errno.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "live-config.skel.h"

static const char usage[] =
	"Usage: live-config [-r RATE] [INTERVAL [COUNT]]\n"
	"Samples system calls; prints every INTERVAL seconds (1), COUNT times (for ever).\n"
	"  -r RATE  at most so many samples a second, about (100)\n"
	"  -h       this text\n";

struct options {
	unsigned long rate;
	unsigned int interval_seconds;
	unsigned int count; /* 0: for ever */
};

static struct options parse(int argc, char **argv)
{
	struct options options = { .rate = 100, .interval_seconds = 1 };

	for (int option; (option = getopt(argc, argv, "r:h")) != -1;) {
		if (option == 'r') {
			options.rate = strtoul(optarg, NULL, 10);
			continue;
		}
		fputs(usage, option == 'h' ? stdout : stderr);
		exit(option == 'h' ? 0 : 1);
	}
	if (optind < argc)
		options.interval_seconds = strtoul(argv[optind], NULL, 10);
	if (optind + 1 < argc)
		options.count = strtoul(argv[optind + 1], NULL, 10);
	if (!options.rate || !options.interval_seconds) {
		fputs(usage, stderr);
		exit(1);
	}
	return options;
}

static void adjust(struct live_config_bpf *tool, const struct options *options)
{
	__u64 calls = 0, sampled = 0;

	for (unsigned int i = 0; !options->count || i < options->count; i++) {
		sleep(options->interval_seconds);
		const __u64 new_calls = tool->bss->calls - calls, new_samples = tool->bss->sampled - sampled;
		calls += new_calls;
		sampled += new_samples;
		printf("%10llu calls %10llu sampled, one in %llu, the last of %.16s\n", (unsigned long long)new_calls,
		       (unsigned long long)new_samples, (unsigned long long)tool->data->one_in, tool->bss->last);
		fflush(stdout);
		/* A plain store: the program sees it at its next call. */
		tool->data->one_in = new_calls / (options->rate * options->interval_seconds) + 1;
	}
}

int main(int argc, char **argv)
{
	struct options options = parse(argc, argv);
	struct live_config_bpf *tool = live_config_bpf__open_and_load();
	int error = tool ? live_config_bpf__attach(tool) : -errno;

	if (!error)
		adjust(tool, &options);
	live_config_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "live-config: %s\n", strerror(-error));
	return error ? 1 : 0;
}
