// Prints who sends which signal to whom.
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
#include "sigwatch.h"
#include "sigwatch.skel.h"

#define PERF_BUFFER_PAGES 16
#define POLL_MS 100

static struct {
	bool calls;
	bool names;
	bool verbose;
	unsigned int process;
	int signal;
} env = { .names = true };

static volatile sig_atomic_t exiting;

/* Linux's, by number. */
static const char *const signal_names[] = {
	[1] = "HUP",   [2] = "INT",	[3] = "QUIT",  [4] = "ILL",   [5] = "TRAP",   [6] = "ABRT",  [7] = "BUS",
	[8] = "FPE",   [9] = "KILL",	[10] = "USR1", [11] = "SEGV", [12] = "USR2",  [13] = "PIPE", [14] = "ALRM",
	[15] = "TERM", [16] = "STKFLT", [17] = "CHLD", [18] = "CONT", [19] = "STOP",  [20] = "TSTP", [21] = "TTIN",
	[22] = "TTOU", [23] = "URG",	[24] = "XCPU", [25] = "XFSZ", [26] = "VTALRM", [27] = "PROF", [28] = "WINCH",
	[29] = "IO",   [30] = "PWR",	[31] = "SYS",
};

#define SIGNAL_NAMES (sizeof(signal_names) / sizeof(signal_names[0]))

const char *argp_program_version = "sigwatch 1.0";
static const char description[] =
	"Prints signals: who sends which to whom.\n"
	"\n"
	"EXAMPLES:\n"
	"    sigwatch               # all of them\n"
	"    sigwatch -k            # those that processes send alone, not the kernel's\n"
	"    sigwatch -s TERM       # SIGTERM alone\n"
	"    sigwatch -p 181        # to and from process 181\n";

static const struct argp_option options[] = {
	{ "pid", 'p', "PID", 0, "To or from that process alone", 0 },
	{ "signal", 's', "SIGNAL", 0, "That signal alone, by number or name", 0 },
	{ "kill", 'k', NULL, 0, "Signals that processes send alone", 0 },
	{ "numbers", 'n', NULL, 0, "Print signals by number", 0 },
	{ "verbose", 'v', NULL, 0, "libbpf's messages, too", 0 },
	{ NULL, 'h', NULL, OPTION_HIDDEN, "Show the full help", 0 },
	{ 0 },
};

/* 0: no such name. With or without SIG. */
static int signal_number(const char *name)
{
	if (!strncmp(name, "SIG", 3))
		name += 3;
	for (unsigned int number = 1; number < SIGNAL_NAMES; number++)
		if (!strcmp(signal_names[number], name))
			return number;
	return 0;
}

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	switch (key) {
	case 'p': env.process = argument_number(argument, "PID", 1, 0x7fffffff, state); break;
	case 's':
		env.signal = signal_number(argument);
		if (!env.signal)
			env.signal = argument_number(argument, "signal", 1, 64, state);
		break;
	case 'k': env.calls = true; break;
	case 'n': env.names = false; break;
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

static const char *signal_text(int number)
{
	static char text[16];

	if (env.names && number > 0 && number < (int)SIGNAL_NAMES)
		snprintf(text, sizeof(text), "SIG%s", signal_names[number]);
	else
		snprintf(text, sizeof(text), "%d", number);
	return text;
}

static const char *result_text(int result)
{
	static const char *const texts[] = { "delivered", "ignored", "pending already", "lost", "lost" };

	return result >= 0 && result < (int)(sizeof(texts) / sizeof(texts[0])) ? texts[result] : "?";
}

static void handle_event(void *context, int cpu, void *data, __u32 size)
{
	const struct event *event = data;

	(void)context;
	(void)cpu;
	if (size < sizeof(*event))
		return;
	printf("%-8s %-7u %-16.*s %-9s %-7u %-16.*s %s%s\n", wall_clock(), event->sender, COMM_BYTES, event->sender_comm,
	       signal_text(event->signal), event->target, COMM_BYTES, event->target_comm, result_text(event->result),
	       event->code > 0 ? ", by the kernel" : "");
	fflush(stdout);
}

static void handle_lost(void *context, int cpu, __u64 count)
{
	(void)context;
	fprintf(stderr, "sigwatch: lost %llu events on CPU %d\n", (unsigned long long)count, cpu);
}

int main(int argc, char **argv)
{
	static const struct argp argp = { .options = options, .parser = parse_argument, .doc = description };
	struct perf_buffer *buffer = NULL;
	struct sigaction action = { .sa_handler = on_signal };
	struct sigwatch_bpf *tool;
	int error = argp_parse(&argp, argc, argv, 0, NULL, NULL);

	if (error)
		return error;
	libbpf_set_print(print_libbpf);
	tool = sigwatch_bpf__open();
	if (!tool) {
		fprintf(stderr, "sigwatch: cannot open the BPF object\n");
		return 1;
	}
	tool->rodata->only_process = env.process;
	tool->rodata->only_signal = env.signal;
	tool->rodata->only_by_calls = env.calls;
	error = sigwatch_bpf__load(tool);
	if (!error)
		error = sigwatch_bpf__attach(tool);
	if (error) {
		fprintf(stderr, "sigwatch: cannot load or attach the BPF program: %s\n", strerror(-error));
		goto cleanup;
	}
	buffer = perf_buffer__new(bpf_map__fd(tool->maps.events), PERF_BUFFER_PAGES, handle_event, handle_lost, NULL, NULL);
	error = libbpf_get_error(buffer);
	if (error) {
		buffer = NULL;
		fprintf(stderr, "sigwatch: cannot make the perf buffer: %s\n", strerror(-error));
		goto cleanup;
	}
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);

	printf("%-8s %-7s %-16s %-9s %-7s %-16s %s\n", "TIME", "FROM", "COMM", "SIGNAL", "TO", "COMM", "RESULT");
	fflush(stdout);
	while (!exiting) {
		error = perf_buffer__poll(buffer, POLL_MS);
		if (error < 0 && error != -EINTR) {
			fprintf(stderr, "sigwatch: cannot poll the perf buffer: %s\n", strerror(-error));
			goto cleanup;
		}
		error = 0; /* it may be a count, or -EINTR by the signal that ends this */
	}

cleanup:
	perf_buffer__free(buffer);
	sigwatch_bpf__destroy(tool);
	return error != 0;
}
