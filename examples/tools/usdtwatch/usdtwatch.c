// Prints when programs pass a tracepoint that is built into them.
#include <argp.h>
#include <errno.h>
#include <linux/types.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../argument_number.h"
#include "../wall_clock.h"
#include "usdtwatch.h"
#include "usdtwatch.skel.h"

#define POLL_MS 100

static struct {
	const char *path;
	const char *provider;
	const char *name;
	bool timestamp;
	bool verbose;
	int process;
	int text_argument;
	unsigned long events; /* 0: no end */
} env = { .process = -1, .text_argument = -1 };

static volatile sig_atomic_t exiting;

const char *argp_program_version = "usdtwatch 1.0";
static const char description[] =
	"Prints when programs pass the tracepoint PROVIDER:NAME that is built into FILE, a program or library.\n"
	"\n"
	"EXAMPLES:\n"
	"    usdtwatch libc.so.6 libc:memory_sbrk_more         # in every process\n"
	"    usdtwatch -p 181 /usr/bin/node node:gc__start     # in process 181\n"
	"    usdtwatch -s 0 /usr/bin/python3 python:import__find__load__start   # argument 0 is a text\n";

static const struct argp_option options[] = {
	{ "pid", 'p', "PID", 0, "In that process alone", 0 },
	{ "string", 's', "NUMBER", 0, "Print argument NUMBER (from 0) as the text that it points to", 0 },
	{ "count", 'n', "EVENTS", 0, "End after so many events", 0 },
	{ "timestamp", 'T', NULL, 0, "A column for the time of day", 0 },
	{ "verbose", 'v', NULL, 0, "libbpf's messages, too", 0 },
	{ NULL, 'h', NULL, OPTION_HIDDEN, "Show the full help", 0 },
	{ 0 },
};

/* PROVIDER:NAME */
static void parse_tracepoint(char *text, struct argp_state *state)
{
	char *colon = strchr(text, ':');

	if (!colon || colon == text || !colon[1])
		argp_error(state, "invalid tracepoint \"%s\": it must be PROVIDER:NAME", text);
	*colon = 0;
	env.provider = text;
	env.name = colon + 1;
}

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	switch (key) {
	case 'p': env.process = argument_number(argument, "PID", 1, 0x7fffffff, state); break;
	case 's': env.text_argument = argument_number(argument, "number", 0, MOST_ARGUMENTS - 1, state); break;
	case 'n': env.events = argument_number(argument, "number", 1, 1000000000, state); break;
	case 'T': env.timestamp = true; break;
	case 'v': env.verbose = true; break;
	case 'h': argp_state_help(state, stdout, ARGP_HELP_STD_HELP); break;
	case ARGP_KEY_ARG:
		if (state->arg_num == 0)
			env.path = argument;
		else if (state->arg_num == 1)
			parse_tracepoint(argument, state);
		else
			argp_usage(state);
		break;
	case ARGP_KEY_END:
		if (!env.name)
			argp_usage(state);
		break;
	default: return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static int print_libbpf(enum libbpf_print_level level, const char *format, va_list arguments)
{
	if (level == LIBBPF_DEBUG && !env.verbose)
		return 0;
	return vfprintf(stderr, format, arguments);
}

static void on_signal(int number)
{
	(void)number;
	exiting = 1;
}

static int handle_event(void *context, void *data, size_t size)
{
	unsigned long *left = context;
	const struct event *event = data;

	(void)size;
	if (env.timestamp)
		printf("%-8s ", wall_clock());
	printf("%-7u %-7u %-16.*s", event->pid, event->thread, COMM_BYTES, event->comm);
	for (__u32 i = 0; i < event->count && i < MOST_ARGUMENTS; i++)
		if ((int)i == event->text_argument)
			printf(" \"%s\"", event->text);
		else
			printf(" %lld", (long long)event->arguments[i]);
	putchar('\n');
	fflush(stdout);
	return *left && --*left == 0 ? -ECANCELED : 0;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options, .parser = parse_argument, .args_doc = "FILE PROVIDER:NAME", .doc = description
	};
	struct ring_buffer *ring = NULL;
	struct usdtwatch_bpf *tool;
	int error = argp_parse(&argp, argc, argv, 0, NULL, NULL);

	if (error)
		return error;
	libbpf_set_print(print_libbpf);
	tool = usdtwatch_bpf__open();
	if (!tool) {
		fprintf(stderr, "usdtwatch: cannot open the BPF object\n");
		return 1;
	}
	tool->rodata->text_argument = env.text_argument;
	error = usdtwatch_bpf__load(tool);
	if (error) {
		fprintf(stderr, "usdtwatch: cannot load the BPF program: %s\n", strerror(-error));
		goto cleanup;
	}
	ring = ring_buffer__new(bpf_map__fd(tool->maps.events), handle_event, &env.events, NULL);
	if (!ring) {
		error = -errno;
		fprintf(stderr, "usdtwatch: cannot make the ring buffer: %s\n", strerror(-error));
		goto cleanup;
	}
	tool->links.passed =
		bpf_program__attach_usdt(tool->progs.passed, env.process, env.path, env.provider, env.name, NULL);
	if (!tool->links.passed) {
		error = -errno;
		fprintf(stderr, "usdtwatch: cannot attach to %s:%s in %s: %s\n", env.provider, env.name, env.path,
			strerror(-error));
		goto cleanup;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);

	if (env.timestamp)
		printf("%-8s ", "TIME");
	printf("%-7s %-7s %-16s %s\n", "PID", "THREAD", "COMM", "ARGUMENTS");
	fflush(stdout);
	while (!exiting) {
		error = ring_buffer__poll(ring, POLL_MS);
		if (error == -ECANCELED) { /* so many events were asked for */
			error = 0;
			break;
		}
		if (error < 0 && error != -EINTR) {
			fprintf(stderr, "usdtwatch: cannot poll the ring buffer: %s\n", strerror(-error));
			goto cleanup;
		}
		error = 0; /* it may be a count, or -EINTR by the signal that ends this */
	}

cleanup:
	ring_buffer__free(ring);
	usdtwatch_bpf__destroy(tool);
	return error != 0;
}
