// Prints a line for every program that is started, with its arguments.
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
#include "execwatch.h"
#include "execwatch.skel.h"

#define PERF_BUFFER_PAGES 64
#define POLL_MS 100

static struct {
	bool failed;
	bool quote;
	bool timestamp;
	bool user;
	bool verbose;
	unsigned int most_arguments;
	__u32 uid;
	const char *name;
} env = { .most_arguments = MOST_ARGUMENTS, .uid = -1 };

static volatile sig_atomic_t exiting;

const char *argp_program_version = "execwatch 1.0";
static const char description[] =
	"Prints programs as they are started.\n"
	"\n"
	"EXAMPLES:\n"
	"    execwatch              # every execve() that succeeds\n"
	"    execwatch -x           # those that fail, too\n"
	"    execwatch -T -n ssh    # with the time; lines with \"ssh\" in the command line alone\n"
	"    execwatch -u 1000 -U   # of user 1000, with a column for the user\n";

static const struct argp_option options[] = {
	{ "fails", 'x', NULL, 0, "Failed calls, too", 0 },
	{ "name", 'n', "TEXT", 0, "Command lines that contain TEXT alone", 0 },
	{ "uid", 'u', "UID", 0, "That user's alone", 0 },
	{ "print-uid", 'U', NULL, 0, "A column for the user", 0 },
	{ "time", 'T', NULL, 0, "A column for the time of day", 0 },
	{ "quote", 'q', NULL, 0, "Put quotes around each argument", 0 },
	{ "max-args", 'a', "NUMBER", 0, "Show so many arguments at most (20)", 0 },
	{ "verbose", 'v', NULL, 0, "libbpf's messages, too", 0 },
	{ NULL, 'h', NULL, OPTION_HIDDEN, "Show the full help", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	switch (key) {
	case 'x': env.failed = true; break;
	case 'n': env.name = argument; break;
	case 'u': env.uid = argument_number(argument, "UID", 0, 0xfffffffe, state); break;
	case 'U': env.user = true; break;
	case 'T': env.timestamp = true; break;
	case 'q': env.quote = true; break;
	case 'a':
		env.most_arguments = argument_number(argument, "number of arguments", 1, MOST_ARGUMENTS, state);
		break;
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

static bool has_name(const struct event *event)
{
	for (__u32 at = 0; at < event->bytes; at += strlen(event->text + at) + 1)
		if (strstr(event->text + at, env.name))
			return true;
	return false;
}

static void print_text(const char *text)
{
	if (env.quote)
		putchar('"');
	for (; *text; text++) {
		if (*text == '\n')
			fputs("\\n", stdout);
		else if (*text == '\t')
			fputs("\\t", stdout);
		else if (env.quote && (*text == '"' || *text == '\\'))
			printf("\\%c", *text);
		else
			putchar(*text);
	}
	if (env.quote)
		putchar('"');
}

static void handle_event(void *context, int cpu, void *data, __u32 size)
{
	const struct event *event = data;
	__u32 shown = 0;

	(void)context;
	(void)cpu;
	if (size < sizeof(*event) - sizeof(event->text) || (env.name && !has_name(event)))
		return;
	if (env.timestamp)
		printf("%-8s ", wall_clock());
	if (env.user)
		printf("%-6u ", event->uid);
	printf("%-16.*s %-7u %-7u %3d ", COMM_BYTES, event->comm, event->pid, event->parent, event->result);
	for (__u32 at = 0; at < event->bytes; at += strlen(event->text + at) + 1, shown++) {
		if (shown)
			putchar(' ');
		print_text(event->text + at);
	}
	puts(shown < event->arguments ? " ..." : "");
	fflush(stdout);
}

static void handle_lost(void *context, int cpu, __u64 count)
{
	(void)context;
	fprintf(stderr, "execwatch: lost %llu events on CPU %d\n", (unsigned long long)count, cpu);
}

int main(int argc, char **argv)
{
	static const struct argp argp = { .options = options, .parser = parse_argument, .doc = description };
	struct perf_buffer *buffer = NULL;
	struct execwatch_bpf *tool;
	int error = argp_parse(&argp, argc, argv, 0, NULL, NULL);

	if (error)
		return error;
	libbpf_set_print(print_libbpf);
	tool = execwatch_bpf__open();
	if (!tool) {
		fprintf(stderr, "execwatch: cannot open the BPF object\n");
		return 1;
	}
	tool->rodata->with_failed = env.failed;
	tool->rodata->only_uid = env.uid;
	tool->rodata->most_arguments = env.most_arguments;

	error = execwatch_bpf__load(tool);
	if (error) {
		fprintf(stderr, "execwatch: cannot load the BPF programs: %s\n", strerror(-error));
		goto cleanup;
	}
	buffer = perf_buffer__new(bpf_map__fd(tool->maps.events), PERF_BUFFER_PAGES, handle_event, handle_lost, NULL, NULL);
	if (!buffer) {
		error = -errno;
		fprintf(stderr, "execwatch: cannot make the perf buffer: %s\n", strerror(-error));
		goto cleanup;
	}
	error = execwatch_bpf__attach(tool);
	if (error) {
		fprintf(stderr, "execwatch: cannot attach the BPF programs: %s\n", strerror(-error));
		goto cleanup;
	}
	if (signal(SIGINT, on_signal) == SIG_ERR || signal(SIGTERM, on_signal) == SIG_ERR) {
		error = -errno;
		fprintf(stderr, "execwatch: cannot handle signals: %s\n", strerror(-error));
		goto cleanup;
	}

	if (env.timestamp)
		printf("%-8s ", "TIME");
	if (env.user)
		printf("%-6s ", "UID");
	printf("%-16s %-7s %-7s %3s %s\n", "COMM", "PID", "PARENT", "RET", "ARGUMENTS");
	fflush(stdout);
	while (!exiting) {
		error = perf_buffer__poll(buffer, POLL_MS);
		if (error < 0 && error != -EINTR) {
			fprintf(stderr, "execwatch: cannot poll the perf buffer: %s\n", strerror(-error));
			goto cleanup;
		}
		error = 0; /* it may be a count, or -EINTR by the signal that ends this */
	}

cleanup:
	perf_buffer__free(buffer);
	execwatch_bpf__destroy(tool);
	return error != 0;
}
