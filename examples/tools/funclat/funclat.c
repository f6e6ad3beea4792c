// Prints a histogram of how long a function of a program or library takes.
#include <argp.h>
#include <errno.h>
#include <linux/types.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "../argument_number.h"
#include "../log2_histogram.h"
#include "../wall_clock.h"
#include "funclat.h"
#include "funclat.skel.h"

static struct {
	const char *path;
	const char *function;
	bool microseconds;
	bool milliseconds;
	bool timestamp;
	bool verbose;
	int process;
	unsigned int interval;
	unsigned int count; /* 0: no end */
} env = { .process = -1, .interval = 3600 * 24, .count = 1 };

static volatile sig_atomic_t exiting;

const char *argp_program_version = "funclat 1.0";
static const char description[] =
	"Shows how long a function takes: until Ctrl-C, or every INTERVAL seconds, COUNT times.\n"
	"\n"
	"EXAMPLES:\n"
	"    funclat --path libc.so.6 --func malloc         # in every process\n"
	"    funclat --path /bin/bash --func readline -m    # in milliseconds\n"
	"    funclat --path ./server --func parse -p 181 5  # process 181, every 5 seconds\n";

static const struct argp_option options[] = {
	{ "path", 'P', "FILE", 0, "The program or library that has the function", 0 },
	{ "func", 'F', "NAME", 0, "The function", 0 },
	{ "pid", 'p', "PID", 0, "In that process alone", 0 },
	{ "microseconds", 'u', NULL, 0, "In microseconds (nanoseconds)", 0 },
	{ "milliseconds", 'm', NULL, 0, "In milliseconds", 0 },
	{ "timestamp", 'T', NULL, 0, "The time of day above each interval", 0 },
	{ "verbose", 'v', NULL, 0, "libbpf's messages, too", 0 },
	{ NULL, 'h', NULL, OPTION_HIDDEN, "Show the full help", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	switch (key) {
	case 'P': env.path = argument; break;
	case 'F': env.function = argument; break;
	case 'p': env.process = argument_number(argument, "PID", 1, 0x7fffffff, state); break;
	case 'u': env.microseconds = true; break;
	case 'm': env.milliseconds = true; break;
	case 'T': env.timestamp = true; break;
	case 'v': env.verbose = true; break;
	case 'h': argp_state_help(state, stdout, ARGP_HELP_STD_HELP); break;
	case ARGP_KEY_ARG:
		if (state->arg_num == 0) {
			env.interval = argument_number(argument, "interval", 1, 3600 * 24, state);
			env.count = 0;
		} else if (state->arg_num == 1) {
			env.count = argument_number(argument, "count", 1, 1000000, state);
		} else {
			argp_usage(state);
		}
		break;
	case ARGP_KEY_END:
		if (!env.path || !env.function)
			argp_error(state, "say where the function is: --path FILE --func NAME");
		if (env.microseconds && env.milliseconds)
			argp_error(state, "-u and -m exclude each other");
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

static const char *unit(void)
{
	return env.milliseconds ? "milliseconds" : env.microseconds ? "microseconds" : "nanoseconds";
}

static int attach(struct funclat_bpf *tool)
{
	LIBBPF_OPTS(bpf_uprobe_opts, entry, .func_name = env.function);
	LIBBPF_OPTS(bpf_uprobe_opts, leave, .func_name = env.function, .retprobe = true);

	tool->links.function_entry =
		bpf_program__attach_uprobe_opts(tool->progs.function_entry, env.process, env.path, 0, &entry);
	if (!tool->links.function_entry)
		return -errno;
	tool->links.function_return =
		bpf_program__attach_uprobe_opts(tool->progs.function_return, env.process, env.path, 0, &leave);
	return tool->links.function_return ? 0 : -errno;
}

/* Prints what was counted since it last did. The programs may count meanwhile: a call or so may be lost. */
static void print_histogram(struct histogram *shared)
{
	struct histogram histogram = *shared;
	unsigned long long calls = 0;

	memset(shared, 0, sizeof(*shared));
	for (unsigned int slot = 0; slot < SLOTS; slot++)
		calls += histogram.slots[slot];
	if (env.timestamp)
		printf("%s\n", wall_clock());
	printf("%s: %llu calls, %llu %s on average\n", env.function, calls,
	       calls ? (unsigned long long)histogram.total / calls : 0, unit());
	print_log2_histogram(histogram.slots, SLOTS, unit());
	if (histogram.missed)
		printf("%u calls were not measured\n", histogram.missed);
	putchar('\n');
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options, .parser = parse_argument, .args_doc = "[INTERVAL [COUNT]]", .doc = description
	};
	struct funclat_bpf *tool;
	unsigned int printed = 0;
	int error = argp_parse(&argp, argc, argv, 0, NULL, NULL);

	if (error)
		return error;
	libbpf_set_print(print_libbpf);
	tool = funclat_bpf__open();
	if (!tool) {
		fprintf(stderr, "funclat: cannot open the BPF object\n");
		return 1;
	}
	tool->rodata->unit_ns = env.milliseconds ? 1000000 : env.microseconds ? 1000 : 1;
	error = funclat_bpf__load(tool);
	if (error) {
		fprintf(stderr, "funclat: cannot load the BPF programs: %s\n", strerror(-error));
		goto cleanup;
	}
	error = attach(tool);
	if (error) {
		fprintf(stderr, "funclat: cannot attach to %s in %s: %s\n", env.function, env.path, strerror(-error));
		goto cleanup;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);

	printf("Measuring %s; Ctrl-C ends it.\n\n", env.function);
	fflush(stdout);
	do {
		if (!exiting)
			sleep(env.interval);
		print_histogram(&tool->bss->histogram);
	} while (!exiting && ++printed != env.count);

cleanup:
	funclat_bpf__destroy(tool);
	return error != 0;
}
