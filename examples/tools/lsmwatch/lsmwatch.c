// Prints what processes do that matters to security, and denies what it is told to.
#include <argp.h>
#include <errno.h>
#include <linux/types.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../wall_clock.h"
#include "lsmwatch.h"
#include "lsmwatch.skel.h"

#define POLL_MS 100

static struct {
	const char *comm;
	unsigned int kinds;  /* a bit for each */
	unsigned int denied;
	bool timestamp;
	bool verbose;
} env;

static volatile sig_atomic_t exiting;

static const char *const kind_names[KINDS] = {
	[KIND_EXEC] = "exec", [KIND_DELETE] = "delete", [KIND_TRACE] = "trace", [KIND_MOUNT] = "mount",
};

const char *argp_program_version = "lsmwatch 1.0";
static const char description[] =
	"Prints programs that are started (exec), files deleted (delete), processes looked into (trace) and file systems\n"
	"mounted (mount), before they are.\n"
	"\n"
	"EXAMPLES:\n"
	"    lsmwatch                       # everything\n"
	"    lsmwatch -e trace -e mount     # these alone\n"
	"    lsmwatch -d delete -c builder  # programs named \"builder\" cannot delete files as long as this runs\n";

static const struct argp_option options[] = {
	{ "event", 'e', "KIND", 0, "That kind alone (more than once: more of them)", 0 },
	{ "deny", 'd', "KIND", 0, "Deny that kind (more than once: more of them)", 0 },
	{ "comm", 'c', "NAME", 0, "By programs of that name alone", 0 },
	{ "timestamp", 'T', NULL, 0, "A column for the time of day", 0 },
	{ "verbose", 'v', NULL, 0, "libbpf's messages, too", 0 },
	{ NULL, 'h', NULL, OPTION_HIDDEN, "Show the full help", 0 },
	{ 0 },
};

static unsigned int kind_bit(const char *name, struct argp_state *state)
{
	for (unsigned int kind = 0; kind < KINDS; kind++)
		if (!strcmp(kind_names[kind], name))
			return 1u << kind;
	argp_error(state, "invalid kind \"%s\": it must be exec, delete, trace or mount", name);
	return 0;
}

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	switch (key) {
	case 'e': env.kinds |= kind_bit(argument, state); break;
	case 'd': env.denied |= kind_bit(argument, state); break;
	case 'c':
		if (strlen(argument) >= COMM_BYTES)
			argp_error(state, "invalid name \"%s\": the kernel keeps 15 characters", argument);
		env.comm = argument;
		break;
	case 'T': env.timestamp = true; break;
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
	if (env.timestamp)
		printf("%-8s ", wall_clock());
	printf("%-7u %-6u %-16.*s %-7s %-7s %s\n", event->pid, event->uid, COMM_BYTES, event->comm,
	       event->kind < KINDS ? kind_names[event->kind] : "?", event->denied ? "denied" : "allowed", event->text);
	fflush(stdout);
	return 0;
}

/* Programs of kinds that are not wanted are left out, so that they cost nothing. */
static void choose_programs(struct lsmwatch_bpf *tool)
{
	struct bpf_program *const programs[KINDS] = {
		[KIND_EXEC] = tool->progs.watch_exec,
		[KIND_DELETE] = tool->progs.watch_delete,
		[KIND_TRACE] = tool->progs.watch_trace,
		[KIND_MOUNT] = tool->progs.watch_mount,
	};
	unsigned int wanted = env.kinds ? env.kinds | env.denied : env.denied ? env.denied : ~0u;

	for (unsigned int kind = 0; kind < KINDS; kind++)
		bpf_program__set_autoload(programs[kind], wanted >> kind & 1);
}

int main(int argc, char **argv)
{
	static const struct argp argp = { .options = options, .parser = parse_argument, .doc = description };
	struct ring_buffer *ring = NULL;
	struct lsmwatch_bpf *tool;
	int error = argp_parse(&argp, argc, argv, 0, NULL, NULL);

	if (error)
		return error;
	libbpf_set_print(print_libbpf);
	tool = lsmwatch_bpf__open();
	if (!tool) {
		fprintf(stderr, "lsmwatch: cannot open the BPF object\n");
		return 1;
	}
	tool->rodata->denied_kinds = env.denied;
	if (env.comm)
		strcpy((char *)tool->rodata->only_comm, env.comm);
	choose_programs(tool);
	error = lsmwatch_bpf__load(tool);
	if (error) {
		fprintf(stderr, "lsmwatch: cannot load the BPF programs: %s\n", strerror(-error));
		goto cleanup;
	}
	ring = ring_buffer__new(bpf_map__fd(tool->maps.events), handle_event, NULL, NULL);
	if (!ring) {
		error = -errno;
		fprintf(stderr, "lsmwatch: cannot make the ring buffer: %s\n", strerror(-error));
		goto cleanup;
	}
	error = lsmwatch_bpf__attach(tool);
	if (error) {
		fprintf(stderr, "lsmwatch: cannot attach the BPF programs (is \"bpf\" in /sys/kernel/security/lsm?): %s\n",
			strerror(-error));
		goto cleanup;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);

	if (env.timestamp)
		printf("%-8s ", "TIME");
	printf("%-7s %-6s %-16s %-7s %-7s %s\n", "PID", "UID", "COMM", "EVENT", "RESULT", "WHAT");
	fflush(stdout);
	while (!exiting) {
		error = ring_buffer__poll(ring, POLL_MS);
		if (error < 0 && error != -EINTR) {
			fprintf(stderr, "lsmwatch: cannot poll the ring buffer: %s\n", strerror(-error));
			goto cleanup;
		}
		error = 0; /* it may be a count, or -EINTR by the signal that ends this */
	}

cleanup:
	ring_buffer__free(ring);
	lsmwatch_bpf__destroy(tool);
	return error != 0;
}
