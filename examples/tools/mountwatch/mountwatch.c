// Prints the file systems that are mounted and unmounted.
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
#include "mountwatch.h"
#include "mountwatch.skel.h"

#define POLL_MS 100

static struct {
	bool detailed;
	bool timestamp;
	bool verbose;
	unsigned int process;
} env;

static volatile sig_atomic_t exiting;

static const struct {
	__u64 flag;
	const char *name;
} flag_names[] = {
	{ 1 << 0, "rdonly" },   { 1 << 1, "nosuid" },	 { 1 << 2, "nodev" },	 { 1 << 3, "noexec" },
	{ 1 << 4, "sync" },	{ 1 << 5, "remount" },	 { 1 << 6, "mandlock" }, { 1 << 7, "dirsync" },
	{ 1 << 10, "noatime" }, { 1 << 11, "nodiratime" }, { 1 << 12, "bind" },	 { 1 << 13, "move" },
	{ 1 << 14, "rec" },	{ 1 << 15, "silent" },	 { 1 << 17, "unbindable" }, { 1 << 18, "private" },
	{ 1 << 19, "slave" },	{ 1 << 20, "shared" },	 { 1 << 21, "relatime" }, { 1 << 24, "strictatime" },
};

const char *argp_program_version = "mountwatch 1.0";
static const char description[] =
	"Prints calls of mount() and umount().\n"
	"\n"
	"EXAMPLES:\n"
	"    mountwatch             # a line a call\n"
	"    mountwatch -d          # every argument on a line of its own\n"
	"    mountwatch -T -p 181   # of process 181, with the time of day\n";

static const struct argp_option options[] = {
	{ "pid", 'p', "PID", 0, "Of that process alone", 0 },
	{ "detailed", 'd', NULL, 0, "Every argument on a line of its own", 0 },
	{ "timestamp", 'T', NULL, 0, "The time of day, too", 0 },
	{ "verbose", 'v', NULL, 0, "libbpf's messages, too", 0 },
	{ NULL, 'h', NULL, OPTION_HIDDEN, "Show the full help", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	switch (key) {
	case 'p': env.process = argument_number(argument, "PID", 1, 0x7fffffff, state); break;
	case 'd': env.detailed = true; break;
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

/* "rdonly|bind"; "0" where there are none. What has no name is printed as a number. */
static const char *flags_text(__u64 flags)
{
	static char text[256];
	size_t used = 0;

	text[0] = 0;
	for (size_t i = 0; i < sizeof(flag_names) / sizeof(flag_names[0]); i++) {
		if (!(flags & flag_names[i].flag))
			continue;
		used += snprintf(text + used, sizeof(text) - used, "%s%s", used ? "|" : "", flag_names[i].name);
		flags &= ~flag_names[i].flag;
	}
	if (flags || !used)
		snprintf(text + used, sizeof(text) - used, used ? "|0x%llx" : "%llx", (unsigned long long)flags);
	return text;
}

static const char *result_text(int result)
{
	return result < 0 ? strerror(-result) : "done";
}

static void print_line(const struct event *event)
{
	if (env.timestamp)
		printf("%-8s ", wall_clock());
	printf("%-16.*s %-7u %-7u %-10llu ", COMM_BYTES, event->comm, event->pid, event->thread,
	       (unsigned long long)event->namespace_number);
	if (event->call == CALL_MOUNT)
		printf("mount(\"%s\", \"%s\", \"%s\", %s, \"%s\")", event->source, event->target, event->type,
		       flags_text(event->flags), event->data);
	else
		printf("umount(\"%s\", %llu)", event->target, (unsigned long long)event->flags);
	printf(": %s\n", result_text(event->result));
}

static void print_details(const struct event *event)
{
	printf("%s", event->call == CALL_MOUNT ? "mount" : "umount");
	if (env.timestamp)
		printf(" at %s", wall_clock());
	printf("\n  process    %u (%.*s), thread %u\n", event->pid, COMM_BYTES, event->comm, event->thread);
	printf("  namespace  %llu\n", (unsigned long long)event->namespace_number);
	if (event->call == CALL_MOUNT)
		printf("  type       %s\n  source     %s\n  data       %s\n", event->type, event->source, event->data);
	printf("  target     %s\n", event->target);
	if (event->call == CALL_MOUNT)
		printf("  flags      %s\n", flags_text(event->flags));
	else
		printf("  flags      %llu\n", (unsigned long long)event->flags);
	printf("  result     %s\n  took       %llu us\n\n", result_text(event->result),
	       (unsigned long long)event->duration_ns / 1000);
}

static int handle_event(void *context, void *data, size_t size)
{
	(void)context;
	(void)size;
	if (env.detailed)
		print_details(data);
	else
		print_line(data);
	fflush(stdout);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct argp argp = { .options = options, .parser = parse_argument, .doc = description };
	struct ring_buffer *ring = NULL;
	struct mountwatch_bpf *tool;
	int error = argp_parse(&argp, argc, argv, 0, NULL, NULL);

	if (error)
		return error;
	libbpf_set_print(print_libbpf);
	tool = mountwatch_bpf__open();
	if (!tool) {
		fprintf(stderr, "mountwatch: cannot open the BPF object\n");
		return 1;
	}
	tool->rodata->only_process = env.process;
	error = mountwatch_bpf__load(tool);
	if (!error)
		error = mountwatch_bpf__attach(tool);
	if (error) {
		fprintf(stderr, "mountwatch: cannot load or attach the BPF programs: %s\n", strerror(-error));
		goto cleanup;
	}
	ring = ring_buffer__new(bpf_map__fd(tool->maps.events), handle_event, NULL, NULL);
	if (!ring) {
		error = -errno;
		fprintf(stderr, "mountwatch: cannot make the ring buffer: %s\n", strerror(-error));
		goto cleanup;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);

	if (!env.detailed) {
		if (env.timestamp)
			printf("%-8s ", "TIME");
		printf("%-16s %-7s %-7s %-10s %s\n", "COMM", "PID", "THREAD", "NAMESPACE", "CALL");
		fflush(stdout);
	}
	while (!exiting) {
		error = ring_buffer__poll(ring, POLL_MS);
		if (error < 0 && error != -EINTR) {
			fprintf(stderr, "mountwatch: cannot poll the ring buffer: %s\n", strerror(-error));
			goto cleanup;
		}
		error = 0; /* it may be a count, or -EINTR by the signal that ends this */
	}

cleanup:
	ring_buffer__free(ring);
	mountwatch_bpf__destroy(tool);
	return error != 0;
}
