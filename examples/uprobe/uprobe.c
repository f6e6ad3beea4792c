// Prints the calls of a function of a program or library, and what they return.
#include <errno.h>
#include <getopt.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "uprobe.h"
#include "uprobe.skel.h"

static const char usage[] =
	"Usage: uprobe [-p PID] [-n EVENTS] BINARY FUNCTION\n"
	"Prints the calls of FUNCTION in BINARY (the path of a program or library) and what they return.\n"
	"  -p PID     in that process alone\n"
	"  -n EVENTS  end after so many calls and returns\n"
	"  -h         this text\n";

struct options {
	int process; /* -1: all */
	unsigned long events; /* 0: no end */
	const char *binary;
	const char *function;
};

static struct options parse(int argc, char **argv)
{
	struct options options = { .process = -1 };

	for (int option; (option = getopt(argc, argv, "p:n:h")) != -1;) {
		switch (option) {
		case 'p': options.process = atoi(optarg); break;
		case 'n': options.events = strtoul(optarg, NULL, 10); break;
		case 'h': fputs(usage, stdout); exit(0);
		default: fputs(usage, stderr); exit(1);
		}
	}
	if (argc - optind != 2) {
		fputs(usage, stderr);
		exit(1);
	}
	options.binary = argv[optind];
	options.function = argv[optind + 1];
	return options;
}

static int print_event(void *context, void *data, size_t size)
{
	unsigned long *left = context;
	const struct event *event = data;
	const unsigned long long values[] = { event->values[0], event->values[1], event->values[2] };

	(void)size;
	if (event->returned)
		printf("%-7u %-7u %-16s return 0x%llx\n", event->pid, event->thread, event->comm, values[0]);
	else
		printf("%-7u %-7u %-16s call   0x%llx 0x%llx 0x%llx\n", event->pid, event->thread, event->comm,
		       values[0], values[1], values[2]);
	return *left && --*left == 0 ? -ECANCELED : 0;
}

static int attach(struct uprobe_bpf *tool, const struct options *options)
{
	LIBBPF_OPTS(bpf_uprobe_opts, call, .func_name = options->function);
	LIBBPF_OPTS(bpf_uprobe_opts, returned, .func_name = options->function, .retprobe = true);

	tool->links.function_called = bpf_program__attach_uprobe_opts(
		tool->progs.function_called, options->process, options->binary, 0, &call);
	if (!tool->links.function_called)
		return -errno;
	tool->links.function_returned = bpf_program__attach_uprobe_opts(
		tool->progs.function_returned, options->process, options->binary, 0, &returned);
	return tool->links.function_returned ? 0 : -errno;
}

static int run(struct uprobe_bpf *tool, struct options *options)
{
	struct ring_buffer *ring =
		ring_buffer__new(bpf_map__fd(tool->maps.events), print_event, &options->events, NULL);
	int result = ring ? attach(tool, options) : -errno;

	if (!result)
		printf("%-7s %-7s %-16s %s\n", "PID", "THREAD", "COMM", "WHAT");
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
	struct uprobe_bpf *tool = uprobe_bpf__open_and_load();
	int error = tool ? run(tool, &options) : -errno;

	uprobe_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "uprobe: %s\n", strerror(-error));
	return error ? 1 : 0;
}
