// Prints a line for every file that is opened, or fails to be.
#include <errno.h>
#include <getopt.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "opensnoop.h"
#include "opensnoop.skel.h"

static const char usage[] =
	"Usage: opensnoop [-p PID] [-x] [-n EVENTS]\n"
	"Prints the files that processes open.\n"
	"  -p PID     of that process alone\n"
	"  -x         failed attempts alone\n"
	"  -n EVENTS  end after so many events\n"
	"  -h         this text\n";

struct options {
	__u32 process;
	bool failed;
	unsigned long events; /* 0: no end */
};

static struct options parse(int argc, char **argv)
{
	struct options options = { 0 };

	for (int option; (option = getopt(argc, argv, "p:xn:h")) != -1;) {
		switch (option) {
		case 'p': options.process = strtoul(optarg, NULL, 10); break;
		case 'x': options.failed = true; break;
		case 'n': options.events = strtoul(optarg, NULL, 10); break;
		case 'h': fputs(usage, stdout); exit(0);
		default: fputs(usage, stderr); exit(1);
		}
	}
	return options;
}

static int print_event(void *context, void *data, size_t size)
{
	unsigned long *left = context;
	const struct event *event = data;
	int fd = event->result >= 0 ? event->result : -1;
	int error = event->result < 0 ? -event->result : 0;

	(void)size;
	printf("%-7u %-6u %-16s %3d %3d %08o %s\n", event->pid, event->uid, event->comm, fd, error,
	       (unsigned int)event->flags, event->path);
	return *left && --*left == 0 ? -ECANCELED : 0;
}

static int run(struct opensnoop_bpf *tool, unsigned long events)
{
	struct ring_buffer *ring =
		ring_buffer__new(bpf_map__fd(tool->maps.events), print_event, &events, NULL);
	int result = ring ? opensnoop_bpf__attach(tool) : -errno;

	if (!result)
		printf("%-7s %-6s %-16s %3s %3s %-8s %s\n", "PID", "UID", "COMM", "FD", "ERR", "FLAGS", "PATH");
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
	struct opensnoop_bpf *tool = opensnoop_bpf__open();
	int error = tool ? 0 : -errno;

	if (tool) {
		tool->rodata->only_process = options.process;
		tool->rodata->only_failed = options.failed;
		error = opensnoop_bpf__load(tool);
	}
	if (!error)
		error = run(tool, options.events);
	opensnoop_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "opensnoop: %s\n", strerror(-error));
	return error ? 1 : 0;
}
