// Prints the files that processes delete.
#include <errno.h>
#include <getopt.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "fentry.h"
#include "fentry.skel.h"

static const char usage[] =
	"Usage: fentry [-n EVENTS]\n"
	"Prints the calls of do_unlinkat() in the kernel, which deletes files, and what they return.\n"
	"  -n EVENTS  end after so many calls and returns\n"
	"  -h         this text\n";

static unsigned long parse(int argc, char **argv)
{
	unsigned long events = 0;

	for (int option; (option = getopt(argc, argv, "n:h")) != -1;) {
		switch (option) {
		case 'n': events = strtoul(optarg, NULL, 10); break;
		case 'h': fputs(usage, stdout); exit(0);
		default: fputs(usage, stderr); exit(1);
		}
	}
	return events;
}

static int print_event(void *context, void *data, size_t size)
{
	unsigned long *left = context;
	const struct event *event = data;

	(void)size;
	if (event->returned)
		printf("%-7u %-16s return %d\n", event->pid, event->comm, event->result);
	else
		printf("%-7u %-16s call   %s\n", event->pid, event->comm, event->path);
	return *left && --*left == 0 ? -ECANCELED : 0;
}

static int run(struct fentry_bpf *tool, unsigned long events)
{
	struct ring_buffer *ring =
		ring_buffer__new(bpf_map__fd(tool->maps.events), print_event, &events, NULL);
	int result = ring ? fentry_bpf__attach(tool) : -errno;

	if (!result)
		printf("%-7s %-16s %s\n", "PID", "COMM", "WHAT");
	while (result >= 0) {
		fflush(stdout);
		result = ring_buffer__poll(ring, -1);
	}
	ring_buffer__free(ring);
	return result == -ECANCELED ? 0 : result;
}

int main(int argc, char **argv)
{
	unsigned long events = parse(argc, argv);
	struct fentry_bpf *tool = fentry_bpf__open_and_load();
	int error = tool ? run(tool, events) : -errno;

	fentry_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "fentry: %s\n", strerror(-error));
	return error ? 1 : 0;
}
