// Samples what the CPUs run and prints their stacks, those seen most last.
#include <argp.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <linux/types.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../argument_number.h"
#include "../stack_frames.h"
#include "cpuprofile.h"
#include "cpuprofile.skel.h"

#define MOST_CPUS 512

static struct {
	bool folded;
	bool idle;
	bool user_only;
	bool kernel_only;
	bool verbose;
	unsigned int process;
	unsigned int frequency;
	unsigned int duration;
	unsigned int top; /* 0: all */
} env = { .frequency = 49, .duration = 3600 * 24 };

static volatile sig_atomic_t exiting;

const char *argp_program_version = "cpuprofile 1.0";
static const char description[] =
	"Samples the stacks that the CPUs run, for DURATION seconds or until Ctrl-C.\n"
	"\n"
	"EXAMPLES:\n"
	"    cpuprofile 10          # all CPUs for 10 seconds, 49 samples a second\n"
	"    cpuprofile -F 199 -K 5 # 199 samples a second, the kernel's stacks alone\n"
	"    cpuprofile -f -p 181 5 # process 181, folded, for flame graphs\n";

static const struct argp_option options[] = {
	{ "pid", 'p', "PID", 0, "That process alone", 0 },
	{ "frequency", 'F', "HZ", 0, "Samples a second (49)", 0 },
	{ "top", 't', "NUMBER", 0, "The stacks that were seen most alone", 0 },
	{ "folded", 'f', NULL, 0, "A line a stack, as flame graphs are made of", 0 },
	{ "user-stacks-only", 'U', NULL, 0, "Stacks of processes alone", 0 },
	{ "kernel-stacks-only", 'K', NULL, 0, "Stacks of the kernel alone", 0 },
	{ "include-idle", 'I', NULL, 0, "Idle CPUs, too", 0 },
	{ "verbose", 'v', NULL, 0, "libbpf's messages, too", 0 },
	{ NULL, 'h', NULL, OPTION_HIDDEN, "Show the full help", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	switch (key) {
	case 'p': env.process = argument_number(argument, "PID", 1, 0x7fffffff, state); break;
	case 'F': env.frequency = argument_number(argument, "frequency", 1, 10000, state); break;
	case 't': env.top = argument_number(argument, "number", 1, MOST_STACKS, state); break;
	case 'f': env.folded = true; break;
	case 'U': env.user_only = true; break;
	case 'K': env.kernel_only = true; break;
	case 'I': env.idle = true; break;
	case 'v': env.verbose = true; break;
	case 'h': argp_state_help(state, stdout, ARGP_HELP_STD_HELP); break;
	case ARGP_KEY_ARG:
		if (state->arg_num)
			argp_usage(state);
		env.duration = argument_number(argument, "duration", 1, 3600 * 24, state);
		break;
	case ARGP_KEY_END:
		if (env.user_only && env.kernel_only)
			argp_error(state, "-U and -K exclude each other");
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

static int cpu_count;
static int events[MOST_CPUS];
static struct bpf_link *links[MOST_CPUS];

/* A clock on each CPU that is online. */
static int start_clocks(struct bpf_program *program)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.freq = 1,
		.sample_freq = env.frequency,
	};

	cpu_count = libbpf_num_possible_cpus();
	if (cpu_count < 0)
		return cpu_count;
	if (cpu_count > MOST_CPUS)
		cpu_count = MOST_CPUS;
	for (int cpu = 0; cpu < cpu_count; cpu++)
		events[cpu] = -1;
	for (int cpu = 0; cpu < cpu_count; cpu++) {
		events[cpu] = syscall(__NR_perf_event_open, &attr, -1, cpu, -1, 0);
		if (events[cpu] < 0 && errno == ENODEV)
			continue; /* it is offline */
		if (events[cpu] < 0) {
			fprintf(stderr, "cpuprofile: cannot open a clock on CPU %d: %s\n", cpu, strerror(errno));
			return -errno;
		}
		links[cpu] = bpf_program__attach_perf_event(program, events[cpu]);
		if (!links[cpu]) {
			fprintf(stderr, "cpuprofile: cannot attach to the clock of CPU %d: %s\n", cpu, strerror(errno));
			return -errno;
		}
	}
	return 0;
}

static void stop_clocks(void)
{
	/* The link has the event's fd and closes it. */
	for (int cpu = 0; cpu < cpu_count; cpu++)
		if (links[cpu])
			bpf_link__destroy(links[cpu]);
		else if (events[cpu] >= 0)
			close(events[cpu]);
}

struct row {
	struct place place;
	__u64 samples;
};

static int by_samples(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	if (a->samples != b->samples)
		return a->samples > b->samples ? 1 : -1;
	return memcmp(&a->place, &b->place, sizeof(a->place));
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

	if (env.folded) {
		printf("%.*s", COMM_BYTES, place->comm);
		print_stack(frames, stacks, place->user_stack, place->pid);
		print_stack(frames, stacks, place->kernel_stack, 0);
		printf(" %llu\n", (unsigned long long)row->samples);
		return;
	}
	printf("%.*s (%u): %llu samples\n", COMM_BYTES, place->comm, place->pid, (unsigned long long)row->samples);
	print_stack(frames, stacks, place->kernel_stack, 0);
	print_stack(frames, stacks, place->user_stack, place->pid);
	putchar('\n');
}

static int print_samples(int samples, int stacks)
{
	static struct row rows[MOST_STACKS];
	struct stack_frames frames = { 0 };
	unsigned long long total = 0, lost = 0;
	unsigned int count = 0;

	while (count < MOST_STACKS &&
	       !bpf_map_get_next_key(samples, count ? &rows[count - 1].place : NULL, &rows[count].place)) {
		if (bpf_map_lookup_elem(samples, &rows[count].place, &rows[count].samples))
			return -errno;
		count++;
	}
	if (!env.user_only) {
		frames.kernel = kernel_symbols__load();
		if (!frames.kernel)
			fprintf(stderr, "cpuprofile: cannot read /proc/kallsyms: the kernel's functions have no names\n");
	}
	qsort(rows, count, sizeof(rows[0]), by_samples);
	for (unsigned int i = 0; i < count; i++) {
		total += rows[i].samples;
		/* Another stack of the same hash had its place. */
		if (rows[i].place.kernel_stack == -EEXIST || rows[i].place.user_stack == -EEXIST)
			lost += rows[i].samples;
		if (!env.top || i + env.top >= count)
			print_row(&frames, stacks, &rows[i]);
	}
	if (!env.folded)
		printf("%llu samples on %u stacks\n", total, count);
	if (lost)
		fprintf(stderr, "cpuprofile: %llu samples have no stack, for there were too many\n", lost);
	stack_frames__close(&frames);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options, .parser = parse_argument, .args_doc = "[DURATION]", .doc = description
	};
	struct cpuprofile_bpf *tool;
	int error = argp_parse(&argp, argc, argv, 0, NULL, NULL);

	if (error)
		return error;
	libbpf_set_print(print_libbpf);
	tool = cpuprofile_bpf__open();
	if (!tool) {
		fprintf(stderr, "cpuprofile: cannot open the BPF object\n");
		return 1;
	}
	tool->rodata->only_process = env.process;
	tool->rodata->with_idle = env.idle;
	tool->rodata->user_stacks = !env.kernel_only;
	tool->rodata->kernel_stacks = !env.user_only;
	error = cpuprofile_bpf__load(tool);
	if (error) {
		fprintf(stderr, "cpuprofile: cannot load the BPF program: %s\n", strerror(-error));
		goto cleanup;
	}
	error = start_clocks(tool->progs.sample);
	if (error)
		goto cleanup;
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);

	if (!env.folded) {
		printf("Sampling at %u Hz; Ctrl-C ends it.\n\n", env.frequency);
		fflush(stdout);
	}
	if (!exiting)
		sleep(env.duration);
	error = print_samples(bpf_map__fd(tool->maps.samples), bpf_map__fd(tool->maps.stacks));
	if (error)
		fprintf(stderr, "cpuprofile: cannot read the samples: %s\n", strerror(-error));

cleanup:
	stop_clocks();
	cpuprofile_bpf__destroy(tool);
	return error != 0;
}
