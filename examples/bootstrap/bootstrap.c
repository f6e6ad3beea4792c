// Prints every program that starts and every process that ends, with how long it lived.
#include <errno.h>
#include <getopt.h>
#include <linux/types.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bpf/libbpf.h>

#include "bootstrap.h"
#include "bootstrap.skel.h"

static const char usage[] =
	"Usage: bootstrap [-d MS] [-n EVENTS] [-v]\n"
	"Prints programs that start and processes that end.\n"
	"  -d MS      only the ends of processes that lived at least so many milliseconds\n"
	"  -n EVENTS  end after so many events\n"
	"  -v         libbpf's messages, debug ones too\n"
	"  -h         this text\n";

struct options {
	__u64 min_duration_ms;
	unsigned long events; /* 0: no end */
	bool verbose;
};

static struct options parse(int argc, char **argv)
{
	struct options options = { 0 };

	for (int option; (option = getopt(argc, argv, "d:n:vh")) != -1;) {
		switch (option) {
		case 'd': options.min_duration_ms = strtoull(optarg, NULL, 10); break;
		case 'n': options.events = strtoul(optarg, NULL, 10); break;
		case 'v': options.verbose = true; break;
		case 'h': fputs(usage, stdout); exit(0);
		default: fputs(usage, stderr); exit(1);
		}
	}
	return options;
}

static volatile sig_atomic_t exiting;

static void handle_signal(int signal)
{
	(void)signal;
	exiting = 1;
}

static int print_libbpf(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	return vfprintf(stderr, format, args);
}

static int print_event(void *context, void *data, size_t size)
{
	unsigned long *left = context;
	const struct event *event = data;
	unsigned int second = time(NULL) % (24 * 60 * 60);

	(void)size;
	printf("%02u:%02u:%02u %-5s %-16s %-7u %-7u ", second / 3600, second / 60 % 60, second % 60,
	       event->exited ? "EXIT" : "EXEC", event->comm, event->pid, event->parent);
	if (!event->exited)
		printf("%s\n", event->filename);
	else if (event->duration_ns)
		printf("[%u] (%llu ms)\n", event->exit_code, (unsigned long long)event->duration_ns / 1000000);
	else
		printf("[%u]\n", event->exit_code);
	return *left && --*left == 0 ? -ECANCELED : 0;
}

static int run(struct bootstrap_bpf *tool, unsigned long events)
{
	struct ring_buffer *ring =
		ring_buffer__new(bpf_map__fd(tool->maps.events), print_event, &events, NULL);
	int result = ring ? bootstrap_bpf__attach(tool) : -errno;

	if (!result)
		printf("%-8s %-5s %-16s %-7s %-7s %s\n", "TIME/UTC", "EVENT", "COMM", "PID", "PPID",
		       "FILENAME/EXIT CODE");
	while (result >= 0 && !exiting) {
		fflush(stdout);
		result = ring_buffer__poll(ring, 100); /* or until a signal: -EINTR */
	}
	ring_buffer__free(ring);
	/* A signal may also come while records are printed: then it is their number. */
	return result > 0 || result == -ECANCELED || result == -EINTR ? 0 : result;
}

int main(int argc, char **argv)
{
	struct options options = parse(argc, argv);

	if (options.verbose)
		libbpf_set_print(print_libbpf);
	signal(SIGINT, handle_signal);
	signal(SIGTERM, handle_signal);
	struct bootstrap_bpf *tool = bootstrap_bpf__open();
	int error = tool ? 0 : -errno;
	if (tool) {
		tool->rodata->min_duration_ns = options.min_duration_ms * 1000000;
		error = bootstrap_bpf__load(tool);
	}
	if (!error)
		error = run(tool, options.events);
	bootstrap_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "bootstrap: %s\n", strerror(-error));
	return error ? 1 : 0;
}
