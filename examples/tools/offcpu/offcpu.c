// Prints where threads wait, and for how long.
#include <argp.h>
#include <errno.h>
#include <linux/types.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../argument_number.h"
#include "../stack_frames.h"
#include "offcpu.h"
#include "offcpu.skel.h"

static struct {
	bool folded;
	bool kernel_threads;
	bool preempted;
	bool verbose;
	unsigned int process;
	unsigned int duration;
	unsigned int top;
	unsigned int stacks;
	unsigned long shortest_us;
	unsigned long longest_us;
} env = { .duration = 3600 * 24, .top = 20, .stacks = MOST_STACKS, .shortest_us = 1, .longest_us = 0xffffffff };

static volatile sig_atomic_t exiting;

const char *argp_program_version = "offcpu 1.0";
static const char description[] =
	"Shows where threads wait: the stacks on which they left the CPU, for DURATION seconds or until Ctrl-C.\n"
	"\n"
	"EXAMPLES:\n"
	"    offcpu 5               # all threads for 5 seconds\n"
	"    offcpu -p 181 -m 1000  # process 181, waits of a millisecond and more\n"
	"    offcpu -f 10           # folded, in microseconds, for flame graphs\n";

static const struct argp_option options[] = {
	{ "pid", 'p', "PID", 0, "That process alone", 0 },
	{ "min-block-time", 'm', "US", 0, "Waits of so many microseconds and more (1)", 0 },
	{ "max-block-time", 'M', "US", 0, "Waits of so many microseconds and less", 0 },
	{ "top", 't', "NUMBER", 0, "The places of the longest waits alone (20)", 0 },
	{ "folded", 'f', NULL, 0, "All, a line a stack, as flame graphs are made of", 0 },
	{ "kernel-threads", 'k', NULL, 0, "The kernel's threads, too", 0 },
	{ "preempted", 'R', NULL, 0, "Threads that could have run on, too", 0 },
	{ "stack-storage-size", 'S', "NUMBER", 0, "Keep so many different stacks (4096)", 0 },
	{ "verbose", 'v', NULL, 0, "libbpf's messages, too", 0 },
	{ NULL, 'h', NULL, OPTION_HIDDEN, "Show the full help", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	switch (key) {
	case 'p': env.process = argument_number(argument, "PID", 1, 0x7fffffff, state); break;
	case 'm': env.shortest_us = argument_number(argument, "time", 1, 0xffffffff, state); break;
	case 'M': env.longest_us = argument_number(argument, "time", 1, 0xffffffff, state); break;
	case 't': env.top = argument_number(argument, "number", 1, MOST_STACKS, state); break;
	case 'f': env.folded = true; break;
	case 'k': env.kernel_threads = true; break;
	case 'R': env.preempted = true; break;
	case 'S': env.stacks = argument_number(argument, "number", 1, 1 << 20, state); break;
	case 'v': env.verbose = true; break;
	case 'h': argp_state_help(state, stdout, ARGP_HELP_STD_HELP); break;
	case ARGP_KEY_ARG:
		if (state->arg_num)
			argp_usage(state);
		env.duration = argument_number(argument, "duration", 1, 3600 * 24, state);
		break;
	case ARGP_KEY_END:
		if (env.shortest_us > env.longest_us)
			argp_error(state, "-m must not be more than -M");
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

struct row {
	struct place place;
	struct wait wait;
};

static int by_time(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	return (a->wait.total_ns > b->wait.total_ns) - (a->wait.total_ns < b->wait.total_ns);
}

static void print_stack(struct stack_frames *frames, int stacks, int id, unsigned int pid)
{
	__u64 addresses[STACK_FRAMES] = { 0 };

	if (id < 0 || bpf_map_lookup_elem(stacks, &id, addresses))
		return;
	if (env.folded)
		stack_frames__fold(frames, pid, addresses, STACK_FRAMES);
	else
		stack_frames__print(frames, pid, addresses, STACK_FRAMES);
}

static void print_row(struct stack_frames *frames, int stacks, const struct row *row)
{
	const struct place *place = &row->place;
	const struct wait *wait = &row->wait;
	unsigned long long total_us = wait->total_ns / 1000, longest_us = wait->longest_ns / 1000;

	if (env.folded) {
		printf("%.*s", COMM_BYTES, wait->comm);
		print_stack(frames, stacks, place->user_stack, place->pid);
		print_stack(frames, stacks, place->kernel_stack, 0);
		printf(" %llu\n", total_us);
		return;
	}
	printf("%.*s (%u, thread %u): %llu waits, %llu us, the longest %llu us\n", COMM_BYTES, wait->comm, place->pid,
	       place->thread, (unsigned long long)wait->count, total_us, longest_us);
	print_stack(frames, stacks, place->kernel_stack, 0);
	print_stack(frames, stacks, place->user_stack, place->pid);
	putchar('\n');
}

static int print_waits(int waits, int stacks)
{
	static struct row rows[MOST_STACKS];
	struct stack_frames frames = { .kernel = kernel_symbols__load() };
	unsigned int count = 0;

	if (!frames.kernel)
		fprintf(stderr, "offcpu: cannot read /proc/kallsyms: the kernel's functions have no names\n");
	while (count < MOST_STACKS &&
	       !bpf_map_get_next_key(waits, count ? &rows[count - 1].place : NULL, &rows[count].place)) {
		if (bpf_map_lookup_elem(waits, &rows[count].place, &rows[count].wait))
			return -errno;
		count++;
	}
	qsort(rows, count, sizeof(rows[0]), by_time);
	for (unsigned int i = env.folded || count <= env.top ? 0 : count - env.top; i < count; i++)
		print_row(&frames, stacks, &rows[i]);
	stack_frames__close(&frames);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options, .parser = parse_argument, .args_doc = "[DURATION]", .doc = description
	};
	struct offcpu_bpf *tool;
	int error = argp_parse(&argp, argc, argv, 0, NULL, NULL);

	if (error)
		return error;
	libbpf_set_print(print_libbpf);
	tool = offcpu_bpf__open();
	if (!tool) {
		fprintf(stderr, "offcpu: cannot open the BPF object\n");
		return 1;
	}
	tool->rodata->only_process = env.process;
	tool->rodata->with_kernel_threads = env.kernel_threads;
	tool->rodata->with_preempted = env.preempted;
	tool->rodata->shortest_ns = env.shortest_us * 1000ULL;
	tool->rodata->longest_ns = env.longest_us * 1000ULL;
	error = bpf_map__set_max_entries(tool->maps.stacks, env.stacks);
	if (!error)
		error = offcpu_bpf__load(tool);
	if (!error)
		error = offcpu_bpf__attach(tool);
	if (error) {
		fprintf(stderr, "offcpu: cannot load or attach the BPF program: %s\n", strerror(-error));
		goto cleanup;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);

	if (!env.folded) {
		printf("Watching where threads wait; Ctrl-C ends it.\n\n");
		fflush(stdout);
	}
	if (!exiting)
		sleep(env.duration);
	offcpu_bpf__detach(tool); /* nothing is added while the table is read */
	error = print_waits(bpf_map__fd(tool->maps.waits), bpf_map__fd(tool->maps.stacks));
	if (error)
		fprintf(stderr, "offcpu: cannot read the waits: %s\n", strerror(-error));

cleanup:
	offcpu_bpf__destroy(tool);
	return error != 0;
}
