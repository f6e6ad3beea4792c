// Prints histograms of how long system calls take.
#include <argp.h>
#include <errno.h>
#include <linux/types.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../argument_number.h"
#include "../log2_histogram.h"
#include "../syscall_names.h"
#include "../wall_clock.h"
#include "syslat.h"
#include "syslat.skel.h"

static struct {
	bool nanoseconds;
	bool milliseconds;
	bool timestamp;
	bool verbose;
	int call;
	unsigned int process;
	unsigned int interval;
	unsigned int count; /* 0: no end */
} env = { .call = -1, .interval = 3600 * 24, .count = 1 };

static volatile sig_atomic_t exiting;

const char *argp_program_version = "syslat 1.0";
static const char description[] =
	"Shows how long system calls take: until Ctrl-C, or every INTERVAL seconds, COUNT times.\n"
	"\n"
	"EXAMPLES:\n"
	"    syslat -s fsync        # fsync(), at Ctrl-C\n"
	"    syslat -p 181 1 10     # all calls of process 181, every second, 10 times\n"
	"    syslat -n -s read 5    # read() in nanoseconds, every 5 seconds\n";

static const struct argp_option options[] = {
	{ "pid", 'p', "PID", 0, "That process alone", 0 },
	{ "syscall", 's', "NAME", 0, "That system call alone", 0 },
	{ "nanoseconds", 'n', NULL, 0, "In nanoseconds (microseconds)", 0 },
	{ "milliseconds", 'm', NULL, 0, "In milliseconds", 0 },
	{ "timestamp", 'T', NULL, 0, "The time of day above each interval", 0 },
	{ "verbose", 'v', NULL, 0, "libbpf's messages, too", 0 },
	{ NULL, 'h', NULL, OPTION_HIDDEN, "Show the full help", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	switch (key) {
	case 'p': env.process = argument_number(argument, "PID", 1, 0x7fffffff, state); break;
	case 's':
		env.call = syscall_number(argument);
		if (env.call < 0)
			argp_error(state, "there is no system call \"%s\"", argument);
		break;
	case 'n': env.nanoseconds = true; break;
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
		if (env.nanoseconds && env.milliseconds)
			argp_error(state, "-n and -m exclude each other");
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
	return env.nanoseconds ? "nanoseconds" : env.milliseconds ? "milliseconds" : "microseconds";
}

static void print_call(__u32 call, const struct histogram *histogram)
{
	const char *name = syscall_name(call);
	unsigned long long calls = 0;

	for (unsigned int slot = 0; slot < SLOTS; slot++)
		calls += histogram->slots[slot];
	if (!calls)
		return;
	if (name)
		printf("%s", name);
	else
		printf("call %u", call);
	printf(": %llu calls, %u failed, %llu %s on average\n", calls, histogram->failed,
	       (unsigned long long)histogram->total / calls, unit());
	print_log2_histogram(histogram->slots, SLOTS, unit());
	putchar('\n');
}

/* Prints what was measured since it last did. */
static int print_histograms(int map)
{
	static const struct histogram empty;

	if (env.timestamp)
		printf("%s\n", wall_clock());
	for (__u32 call = 0; call < MOST_CALLS; call++) {
		struct histogram histogram;
		int error = bpf_map_lookup_elem(map, &call, &histogram);

		if (!error && histogram.total + histogram.slots[0])
			error = bpf_map_update_elem(map, &call, &empty, BPF_ANY);
		if (error)
			return error;
		print_call(call, &histogram);
	}
	fflush(stdout);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options, .parser = parse_argument, .args_doc = "[INTERVAL [COUNT]]", .doc = description
	};
	struct syslat_bpf *tool;
	unsigned int printed = 0;
	int error = argp_parse(&argp, argc, argv, 0, NULL, NULL);

	if (error)
		return error;
	libbpf_set_print(print_libbpf);
	tool = syslat_bpf__open();
	if (!tool) {
		fprintf(stderr, "syslat: cannot open the BPF object\n");
		return 1;
	}
	tool->rodata->only_process = env.process;
	tool->rodata->only_call = env.call;
	tool->rodata->unit_ns = env.nanoseconds ? 1 : env.milliseconds ? 1000000 : 1000;
	error = syslat_bpf__load(tool);
	if (!error)
		error = syslat_bpf__attach(tool);
	if (error) {
		fprintf(stderr, "syslat: cannot load or attach the BPF programs: %s\n", strerror(-error));
		goto cleanup;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);

	printf("Measuring system calls; Ctrl-C ends it.\n\n");
	fflush(stdout);
	do {
		if (!exiting)
			sleep(env.interval);
		error = print_histograms(bpf_map__fd(tool->maps.histograms));
		if (error) {
			fprintf(stderr, "syslat: cannot read the histograms: %s\n", strerror(-error));
			break;
		}
	} while (!exiting && ++printed != env.count);

cleanup:
	syslat_bpf__destroy(tool);
	return error != 0;
}
