// Prints the lines that are typed into shells, and into whatever else reads them by readline().
#include <argp.h>
#include <errno.h>
#include <linux/types.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../argument_number.h"
#include "../wall_clock.h"
#include "shellwatch.h"
#include "shellwatch.skel.h"

#define POLL_MS 100

static struct {
	const char *path;
	const char *function;
	bool verbose;
	int process;
	__u32 uid;
} env = { .path = "/bin/bash", .function = "readline", .process = -1, .uid = -1 };

static volatile sig_atomic_t exiting;

const char *argp_program_version = "shellwatch 1.0";
static const char description[] =
	"Prints the lines that are typed into shells.\n"
	"\n"
	"EXAMPLES:\n"
	"    shellwatch                         # every bash\n"
	"    shellwatch -p 181                  # that one alone\n"
	"    shellwatch -P libreadline.so.8     # every program that uses the shared library\n";

static const struct argp_option options[] = {
	{ "path", 'P', "FILE", 0, "The program or library that has readline() (/bin/bash)", 0 },
	{ "func", 'F', "NAME", 0, "Another function that returns a line", 0 },
	{ "pid", 'p', "PID", 0, "That process alone", 0 },
	{ "uid", 'u', "UID", 0, "That user's alone", 0 },
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
	case 'u': env.uid = argument_number(argument, "UID", 0, 0xfffffffe, state); break;
	case 'v': env.verbose = true; break;
	case 'h': argp_state_help(state, stdout, ARGP_HELP_STD_HELP); break;
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
	const struct event *event = data;

	(void)context;
	(void)size;
	printf("%-8s %-7u %-6u %-16.*s %s\n", wall_clock(), event->pid, event->uid, COMM_BYTES, event->comm, event->line);
	fflush(stdout);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct argp argp = { .options = options, .parser = parse_argument, .doc = description };
	LIBBPF_OPTS(bpf_uprobe_opts, uprobe, .retprobe = true);
	struct ring_buffer *ring = NULL;
	struct shellwatch_bpf *tool;
	int error = argp_parse(&argp, argc, argv, 0, NULL, NULL);

	if (error)
		return error;
	libbpf_set_print(print_libbpf);
	tool = shellwatch_bpf__open();
	if (!tool) {
		fprintf(stderr, "shellwatch: cannot open the BPF object\n");
		return 1;
	}
	tool->rodata->only_uid = env.uid;
	error = shellwatch_bpf__load(tool);
	if (error) {
		fprintf(stderr, "shellwatch: cannot load the BPF program: %s\n", strerror(-error));
		goto cleanup;
	}
	ring = ring_buffer__new(bpf_map__fd(tool->maps.events), handle_event, NULL, NULL);
	if (!ring) {
		error = -errno;
		fprintf(stderr, "shellwatch: cannot make the ring buffer: %s\n", strerror(-error));
		goto cleanup;
	}
	uprobe.func_name = env.function;
	tool->links.line_read =
		bpf_program__attach_uprobe_opts(tool->progs.line_read, env.process, env.path, 0, &uprobe);
	if (!tool->links.line_read) {
		error = -errno;
		fprintf(stderr, "shellwatch: cannot attach to %s in %s: %s\n", env.function, env.path, strerror(-error));
		goto cleanup;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);

	printf("%-8s %-7s %-6s %-16s %s\n", "TIME", "PID", "UID", "COMM", "LINE");
	fflush(stdout);
	while (!exiting) {
		error = ring_buffer__poll(ring, POLL_MS);
		if (error < 0 && error != -EINTR) {
			fprintf(stderr, "shellwatch: cannot poll the ring buffer: %s\n", strerror(-error));
			goto cleanup;
		}
		error = 0; /* it may be a count, or -EINTR by the signal that ends this */
	}

cleanup:
	ring_buffer__free(ring);
	shellwatch_bpf__destroy(tool);
	return error != 0;
}
