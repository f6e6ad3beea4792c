// newtool: prints every program that is started.
#include <errno.h>
#include <getopt.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "newtool.h"
#include "newtool.skel.h"

static const char usage[] = "Usage: newtool [-u UID] [-n EVENTS]\n"
			    "Prints every program that is started; Ctrl-C ends it.\n"
			    "  -u UID     of this user alone\n"
			    "  -n EVENTS  end after so many\n"
			    "  -h         this text\n";

static unsigned long events_left; /* 0: no end */

static int print_event(void *context, void *data, size_t size)
{
	const struct event *event = data;

	printf("%-7u %-6u %-16s %s\n", event->pid, event->uid, event->comm, event->filename);
	return events_left && --events_left == 0 ? -ECANCELED : 0;
}

static int run(struct newtool_bpf *tool)
{
	struct ring_buffer *ring = ring_buffer__new(bpf_map__fd(tool->maps.events), print_event, NULL, NULL);
	int result = ring ? newtool_bpf__attach(tool) : -errno;

	if (!result)
		printf("%-7s %-6s %-16s %s\n", "PID", "UID", "COMM", "FILE");
	while (result >= 0) {
		fflush(stdout);
		result = ring_buffer__poll(ring, -1);
	}
	ring_buffer__free(ring);
	return result == -ECANCELED ? 0 : result;
}

int main(int argc, char **argv)
{
	struct newtool_bpf *tool = newtool_bpf__open();
	int error = tool ? 0 : -errno;

	for (int option; !error && (option = getopt(argc, argv, "u:n:h")) != -1;) {
		switch (option) {
		case 'u': tool->rodata->only_uid = strtoul(optarg, NULL, 10); break;
		case 'n': events_left = strtoul(optarg, NULL, 10); break;
		case 'h': fputs(usage, stdout); return 0;
		default: fputs(usage, stderr); return 1;
		}
	}
	if (!error)
		error = newtool_bpf__load(tool);
	if (!error)
		error = run(tool);
	newtool_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "newtool: %s\n", strerror(-error));
	return error ? 1 : 0;
}
