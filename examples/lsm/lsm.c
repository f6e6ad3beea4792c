// Denies the opening of files of one name, and prints who tried.
#include <errno.h>
#include <getopt.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "lsm.h"
#include "lsm.skel.h"

static const char usage[] =
	"Usage: lsm [-r] [-n EVENTS] NAME\n"
	"Denies the opening of every file whose name (without its folders) is NAME, and prints the attempts.\n"
	"  -r         report alone, deny nothing\n"
	"  -n EVENTS  end after so many attempts\n"
	"  -h         this text\n";

struct options {
	bool only_report;
	unsigned long events; /* 0: no end */
	const char *name;
};

static struct options parse(int argc, char **argv)
{
	struct options options = { 0 };

	for (int option; (option = getopt(argc, argv, "rn:h")) != -1;) {
		switch (option) {
		case 'r': options.only_report = true; break;
		case 'n': options.events = strtoul(optarg, NULL, 10); break;
		case 'h': fputs(usage, stdout); exit(0);
		default: fputs(usage, stderr); exit(1);
		}
	}
	if (argc - optind != 1 || strlen(argv[optind]) >= NAME_BYTES) {
		fputs(usage, stderr);
		exit(1);
	}
	options.name = argv[optind];
	return options;
}

static int print_event(void *context, void *data, size_t size)
{
	unsigned long *left = context;
	const struct event *event = data;

	(void)size;
	printf("%-7u %-6u %-16s %-8s %s\n", event->pid, event->uid, event->comm,
	       event->denied ? "denied" : "reported", event->name);
	return *left && --*left == 0 ? -ECANCELED : 0;
}

static int run(struct lsm_bpf *tool, unsigned long events)
{
	struct ring_buffer *ring =
		ring_buffer__new(bpf_map__fd(tool->maps.events), print_event, &events, NULL);
	int result = ring ? lsm_bpf__attach(tool) : -errno;

	if (!result)
		printf("%-7s %-6s %-16s %-8s %s\n", "PID", "UID", "COMM", "WHAT", "FILE");
	while (result >= 0) {
		fflush(stdout);
		result = ring_buffer__poll(ring, -1);
	}
	ring_buffer__free(ring);
	return result == -ECANCELED ? 0 : result;
}

int main(int argc, char **argv)
{
	struct options options = parse(argc, argv);
	struct lsm_bpf *tool = lsm_bpf__open();
	int error = tool ? 0 : -errno;

	if (tool) {
		strcpy((char *)tool->rodata->guarded_name, options.name);
		tool->rodata->only_report = options.only_report;
		error = lsm_bpf__load(tool);
	}
	if (!error)
		error = run(tool, options.events);
	lsm_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "lsm: %s\n", strerror(-error));
	return error ? 1 : 0;
}
