// Prints how often the kernel's file system functions are called, by interval.
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
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "../argument_number.h"
#include "../wall_clock.h"
#include "vfscount.h"
#include "vfscount.skel.h"

static struct {
	bool kprobes;
	bool timestamp;
	bool verbose;
	unsigned int process;
	unsigned int interval;
	unsigned int count; /* 0: no end */
} env = { .interval = 1 };

static volatile sig_atomic_t exiting;

static const char *const operation_names[OPERATIONS] = {
	[OPEN] = "OPEN",     [READ] = "READ",	  [WRITE] = "WRITE", [FSYNC] = "FSYNC",
	[UNLINK] = "UNLINK", [RENAME] = "RENAME", [MKDIR] = "MKDIR", [RMDIR] = "RMDIR",
};

const char *argp_program_version = "vfscount 1.0";
static const char description[] =
	"Counts file system operations every INTERVAL seconds (1), COUNT times (for ever).\n"
	"\n"
	"EXAMPLES:\n"
	"    vfscount               # every second\n"
	"    vfscount -T 5 3        # every 5 seconds, 3 times, with the time of day\n"
	"    vfscount -p 181        # of process 181\n";

static const struct argp_option options[] = {
	{ "pid", 'p', "PID", 0, "Of that process alone", 0 },
	{ "kprobe", 'k', NULL, 0, "By kprobes, even if the kernel has fentry", 0 },
	{ "timestamp", 'T', NULL, 0, "A column for the time of day", 0 },
	{ "verbose", 'v', NULL, 0, "libbpf's messages, too", 0 },
	{ NULL, 'h', NULL, OPTION_HIDDEN, "Show the full help", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	switch (key) {
	case 'p': env.process = argument_number(argument, "PID", 1, 0x7fffffff, state); break;
	case 'k': env.kprobes = true; break;
	case 'T': env.timestamp = true; break;
	case 'v': env.verbose = true; break;
	case 'h': argp_state_help(state, stdout, ARGP_HELP_STD_HELP); break;
	case ARGP_KEY_ARG:
		if (state->arg_num == 0)
			env.interval = argument_number(argument, "interval", 1, 3600 * 24, state);
		else if (state->arg_num == 1)
			env.count = argument_number(argument, "count", 1, 1000000, state);
		else
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

/* fentry needs the functions' types. */
static bool has_fentry(void)
{
	int id = libbpf_find_vmlinux_btf_id("vfs_read", BPF_TRACE_FENTRY);

	return id > 0;
}

static void choose_programs(struct vfscount_bpf *tool)
{
	enum bpf_prog_type unwanted = env.kprobes || !has_fentry() ? BPF_PROG_TYPE_TRACING : BPF_PROG_TYPE_KPROBE;
	struct bpf_program *program;

	bpf_object__for_each_program(program, tool->obj)
		if (bpf_program__type(program) == unwanted)
			bpf_program__set_autoload(program, false);
}

static int read_counters(int map, struct counters *sum)
{
	int cpus = libbpf_num_possible_cpus(), error;
	struct counters *of_cpus = cpus > 0 ? calloc(cpus, sizeof(*of_cpus)) : NULL;
	__u32 first = 0;

	if (!of_cpus)
		return cpus < 0 ? cpus : -ENOMEM;
	memset(sum, 0, sizeof(*sum));
	error = bpf_map_lookup_elem(map, &first, of_cpus);
	for (int cpu = 0; cpu < cpus; cpu++)
		for (int operation = 0; operation < OPERATIONS; operation++)
			sum->counts[operation] += of_cpus[cpu].counts[operation];
	free(of_cpus);
	return error;
}

static void print_header(void)
{
	if (env.timestamp)
		printf("%-8s ", "TIME");
	for (int operation = 0; operation < OPERATIONS; operation++)
		printf("%9s", operation_names[operation]);
	putchar('\n');
	fflush(stdout);
}

static void print_difference(const struct counters *before, const struct counters *now)
{
	if (env.timestamp)
		printf("%-8s ", wall_clock());
	for (int operation = 0; operation < OPERATIONS; operation++)
		printf("%9llu", (unsigned long long)(now->counts[operation] - before->counts[operation]));
	putchar('\n');
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options, .parser = parse_argument, .args_doc = "[INTERVAL [COUNT]]", .doc = description
	};
	struct counters before = { 0 }, now;
	struct vfscount_bpf *tool;
	unsigned int printed = 0;
	int error = argp_parse(&argp, argc, argv, 0, NULL, NULL);

	if (error)
		return error;
	libbpf_set_print(print_libbpf);
	tool = vfscount_bpf__open();
	if (!tool) {
		fprintf(stderr, "vfscount: cannot open the BPF object\n");
		return 1;
	}
	tool->rodata->only_process = env.process;
	choose_programs(tool);
	error = vfscount_bpf__load(tool);
	if (!error)
		error = vfscount_bpf__attach(tool);
	if (error) {
		fprintf(stderr, "vfscount: cannot load or attach the BPF programs: %s\n", strerror(-error));
		goto cleanup;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);

	print_header();
	do {
		if (!exiting)
			sleep(env.interval);
		error = read_counters(bpf_map__fd(tool->maps.counters), &now);
		if (error) {
			fprintf(stderr, "vfscount: cannot read the counters: %s\n", strerror(-error));
			break;
		}
		print_difference(&before, &now);
		before = now;
	} while (!exiting && ++printed != env.count);

cleanup:
	vfscount_bpf__destroy(tool);
	return error != 0;
}
