// Prints every call of execve(): who calls, and the command line.
#include <errno.h>
#include <getopt.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "execve.h"
#include "execve.skel.h"

static const char usage[] =
	"Usage: execve [-n EVENTS]\n"
	"Prints the process and the command line of every execve() call.\n"
	"  -n EVENTS  end after so many events\n"
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
	struct event *event = data;
	char line[sizeof(event->command_line)];

	(void)size;
	memcpy(line, event->command_line, event->command_bytes);
	for (__u32 i = 0; i + 1 < event->command_bytes; i++)
		if (line[i] == '\0' || line[i] == '\n')
			line[i] = ' ';
	printf("%-7u %-16s %.*s%s\n", event->pid, event->comm, (int)event->command_bytes, line,
	       event->more_arguments ? " ..." : "");
	return *left && --*left == 0 ? -ECANCELED : 0;
}

static int run(struct execve_bpf *tool, unsigned long events)
{
	struct ring_buffer *ring =
		ring_buffer__new(bpf_map__fd(tool->maps.events), print_event, &events, NULL);
	int result = ring ? execve_bpf__attach(tool) : -errno;

	if (!result)
		printf("%-7s %-16s %s\n", "PID", "CALLER", "COMMAND LINE");
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
	struct execve_bpf *tool = execve_bpf__open_and_load();
	int error = tool ? run(tool, events) : -errno;

	execve_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "execve: %s\n", strerror(-error));
	return error ? 1 : 0;
}
