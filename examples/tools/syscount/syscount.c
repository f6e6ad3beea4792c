// Prints which system calls were made most, or by which processes.
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
#include "../syscall_names.h"
#include "../wall_clock.h"
#include "syscount.h"
#include "syscount.skel.h"

#define BATCH 512

static struct {
	bool by_process;
	bool failed;
	bool latency;
	bool verbose;
	int error;
	unsigned int process;
	unsigned int top;
	unsigned int interval;
	unsigned int count; /* 0: no end */
} env = { .top = 10, .interval = 3600 * 24, .count = 1 };

static volatile sig_atomic_t exiting;

const char *argp_program_version = "syscount 1.0";
static const char description[] =
	"Counts system calls: until Ctrl-C, or every INTERVAL seconds, COUNT times.\n"
	"\n"
	"EXAMPLES:\n"
	"    syscount               # the 10 calls made most, at Ctrl-C\n"
	"    syscount -L 5 3        # by the time that they took, every 5 seconds, 3 times\n"
	"    syscount -P -t 20      # the 20 processes that make most\n"
	"    syscount -e 2 -p 181   # those of process 181 that failed with errno 2\n";

static const struct argp_option options[] = {
	{ "pid", 'p', "PID", 0, "That process alone", 0 },
	{ "top", 't', "NUMBER", 0, "Print so many (10)", 0 },
	{ "process", 'P', NULL, 0, "Count by process", 0 },
	{ "latency", 'L', NULL, 0, "Sort by the time that they took", 0 },
	{ "failures", 'x', NULL, 0, "Failed calls alone", 0 },
	{ "errno", 'e', "ERRNO", 0, "Calls that failed with that errno value alone", 0 },
	{ "verbose", 'v', NULL, 0, "libbpf's messages, too", 0 },
	{ NULL, 'h', NULL, OPTION_HIDDEN, "Show the full help", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	switch (key) {
	case 'p': env.process = argument_number(argument, "PID", 1, 0x7fffffff, state); break;
	case 't': env.top = argument_number(argument, "number", 1, MOST_KEYS, state); break;
	case 'P': env.by_process = true; break;
	case 'L': env.latency = true; break;
	case 'x': env.failed = true; break;
	case 'e': env.error = argument_number(argument, "errno", 1, 4095, state); break;
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
	__u32 key;
	struct calls calls; /* of all CPUs */
};

struct table {
	struct row rows[MOST_KEYS];
	unsigned int count;
};

static void add_row(struct table *table, __u32 key, const struct calls *of_cpus, int cpus)
{
	struct row *row = &table->rows[table->count];

	if (table->count == MOST_KEYS)
		return;
	table->count++;
	memset(row, 0, sizeof(*row));
	row->key = key;
	for (int cpu = 0; cpu < cpus; cpu++) {
		row->calls.count += of_cpus[cpu].count;
		row->calls.total_ns += of_cpus[cpu].total_ns;
		if (of_cpus[cpu].comm[0])
			memcpy(row->calls.comm, of_cpus[cpu].comm, COMM_BYTES);
	}
}

/* Takes what was counted out of the map, a batch at a time. */
static int take_counts(int map, struct table *table)
{
	int cpus = libbpf_num_possible_cpus(), error = 0;
	struct calls *values = cpus > 0 ? calloc((size_t)BATCH * cpus, sizeof(*values)) : NULL;
	static __u32 keys[BATCH];
	__u32 position, *after = NULL;

	if (!values)
		return cpus < 0 ? cpus : -ENOMEM;
	table->count = 0;
	while (!error) {
		__u32 count = BATCH;

		error = bpf_map_lookup_and_delete_batch(map, after, &position, keys, values, &count, NULL);
		if (error && error != -ENOENT)
			break;
		for (__u32 i = 0; i < count; i++)
			add_row(table, keys[i], &values[(size_t)i * cpus], cpus);
		after = &position;
	}
	free(values);
	return error == -ENOENT ? 0 : error;
}

static int by_rank(const void *left, const void *right)
{
	const struct row *a = left, *b = right;
	__u64 of_a = env.latency ? a->calls.total_ns : a->calls.count;
	__u64 of_b = env.latency ? b->calls.total_ns : b->calls.count;

	return (of_a < of_b) - (of_a > of_b);
}

static void print_table(struct table *table)
{
	qsort(table->rows, table->count, sizeof(table->rows[0]), by_rank);
	printf("[%s]\n", wall_clock());
	if (env.by_process)
		printf("%-7s %-16s", "PID", "COMM");
	else
		printf("%-24s", "SYSCALL");
	printf(" %10s %14s\n", "COUNT", "TIME (us)");
	for (unsigned int i = 0; i < table->count && i < env.top; i++) {
		const struct row *row = &table->rows[i];
		const char *name = syscall_name(row->key);

		if (env.by_process)
			printf("%-7u %-16.*s", row->key, COMM_BYTES, row->calls.comm);
		else if (name)
			printf("%-24s", name);
		else
			printf("call %-19u", row->key);
		printf(" %10llu %14llu\n", (unsigned long long)row->calls.count,
		       (unsigned long long)row->calls.total_ns / 1000);
	}
	putchar('\n');
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options, .parser = parse_argument, .args_doc = "[INTERVAL [COUNT]]", .doc = description
	};
	static struct table table;
	struct syscount_bpf *tool;
	unsigned int printed = 0;
	int error = argp_parse(&argp, argc, argv, 0, NULL, NULL);

	if (error)
		return error;
	libbpf_set_print(print_libbpf);
	tool = syscount_bpf__open();
	if (!tool) {
		fprintf(stderr, "syscount: cannot open the BPF object\n");
		return 1;
	}
	tool->rodata->only_process = env.process;
	tool->rodata->by_process = env.by_process;
	tool->rodata->only_failed = env.failed;
	tool->rodata->only_error = env.error;
	error = syscount_bpf__load(tool);
	if (!error)
		error = syscount_bpf__attach(tool);
	if (error) {
		fprintf(stderr, "syscount: cannot load or attach the BPF programs: %s\n", strerror(-error));
		goto cleanup;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);

	printf("Counting system calls; Ctrl-C ends it.\n");
	fflush(stdout);
	do {
		if (!exiting)
			sleep(env.interval);
		error = take_counts(bpf_map__fd(tool->maps.counts), &table);
		if (error) {
			fprintf(stderr, "syscount: cannot read the counts: %s\n", strerror(-error));
			break;
		}
		print_table(&table);
	} while (!exiting && ++printed != env.count);

cleanup:
	syscount_bpf__destroy(tool);
	return error != 0;
}
