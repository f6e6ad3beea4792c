// newtool: denies the start of programs of one name, and prints who tried.
#include <errno.h>
#include <linux/types.h>
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "newtool.h"
#include "newtool.skel.h"

static const char usage[] = "Usage: newtool PROGRAM\n"
			    "Denies the start of every program whose file's name is PROGRAM, wherever it lies, and\n"
			    "prints who tried; Ctrl-C ends it.\n";

static int print_event(void *context, void *data, size_t size)
{
	const struct event *event = data;

	printf("%-7u %-6u %-16s denied: %s\n", event->pid, event->uid, event->comm, event->program);
	return 0;
}

static int run(struct newtool_bpf *tool)
{
	struct ring_buffer *ring = ring_buffer__new(bpf_map__fd(tool->maps.events), print_event, NULL, NULL);
	int result = ring ? newtool_bpf__attach(tool) : -errno;

	if (!result)
		printf("%-7s %-6s %-16s %s\n", "PID", "UID", "COMM", "WHAT");
	while (result >= 0) {
		fflush(stdout);
		result = ring_buffer__poll(ring, -1);
	}
	ring_buffer__free(ring);
	return result;
}

int main(int argc, char **argv)
{
	if (argc != 2 || !*argv[1] || strlen(argv[1]) >= NAME_BYTES) {
		fputs(usage, stderr);
		return 1;
	}
	struct newtool_bpf *tool = newtool_bpf__open();
	int error = tool ? 0 : -errno;
	if (!error) {
		strcpy((char *)tool->rodata->denied_name, argv[1]);
		error = newtool_bpf__load(tool);
	}
	if (!error)
		error = run(tool);
	newtool_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "newtool: %s\n", strerror(-error));
	return error ? 1 : 0;
}
