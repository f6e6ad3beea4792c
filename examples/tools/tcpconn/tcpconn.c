// Prints TCP connections as they end.
#include <argp.h>
#include <arpa/inet.h>
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
#include "tcpconn.h"
#include "tcpconn.skel.h"

#define POLL_MS 100

static struct {
	bool json;
	bool timestamp;
	bool verbose;
	unsigned int process;
	unsigned int family;
	unsigned int local_port;
	unsigned int remote_port;
} env;

static volatile sig_atomic_t exiting;

const char *argp_program_version = "tcpconn 1.0";
static const char description[] =
	"Prints TCP connections when they end: who had them, for how long, and how much went over them.\n"
	"\n"
	"EXAMPLES:\n"
	"    tcpconn                # all of them\n"
	"    tcpconn -L 443 -T      # those to local port 443, with the time of day\n"
	"    tcpconn --json -p 181  # of process 181, an object a line\n";

static const struct argp_option options[] = {
	{ "pid", 'p', "PID", 0, "That process alone", 0 },
	{ "ipv4", '4', NULL, 0, "IPv4 alone", 0 },
	{ "ipv6", '6', NULL, 0, "IPv6 alone", 0 },
	{ "localport", 'L', "PORT", 0, "That local port alone", 0 },
	{ "remoteport", 'D', "PORT", 0, "That remote port alone", 0 },
	{ "timestamp", 'T', NULL, 0, "A column for the time of day", 0 },
	{ "json", 'j', NULL, 0, "A JSON object a line", 0 },
	{ "verbose", 'v', NULL, 0, "libbpf's messages, too", 0 },
	{ NULL, 'h', NULL, OPTION_HIDDEN, "Show the full help", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	switch (key) {
	case 'p': env.process = argument_number(argument, "PID", 1, 0x7fffffff, state); break;
	case '4': env.family = AF_INET; break;
	case '6': env.family = AF_INET6; break;
	case 'L': env.local_port = argument_number(argument, "port", 1, 65535, state); break;
	case 'D': env.remote_port = argument_number(argument, "port", 1, 65535, state); break;
	case 'T': env.timestamp = true; break;
	case 'j': env.json = true; break;
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

/* A text between quotes, with what JSON does not take escaped. */
static void print_json_text(const char *text, size_t bytes)
{
	putchar('"');
	for (size_t i = 0; i < bytes && text[i]; i++) {
		unsigned char c = text[i];

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void print_json(const struct event *event, const char *local, const char *remote)
{
	printf("{\"time\":\"%s\",\"pid\":%u,\"comm\":", wall_clock(), event->pid);
	print_json_text(event->comm, sizeof(event->comm));
	printf(",\"ip\":%d,\"accepted\":%s,\"local\":\"%s\",\"local_port\":%u,\"remote\":\"%s\",\"remote_port\":%u,"
	       "\"sent_bytes\":%llu,\"received_bytes\":%llu,\"duration_us\":%llu}\n",
	       event->family == AF_INET ? 4 : 6, event->accepted ? "true" : "false", local, event->local_port, remote,
	       event->remote_port, (unsigned long long)event->sent_bytes, (unsigned long long)event->received_bytes,
	       (unsigned long long)event->duration_ns / 1000);
}

static void print_line(const struct event *event, const char *local, const char *remote)
{
	if (env.timestamp)
		printf("%-8s ", wall_clock());
	printf("%-7u %-16.*s %-2d %-3s %-15s %-5u %-15s %-5u %10llu %10llu %9.2f\n", event->pid, COMM_BYTES, event->comm,
	       event->family == AF_INET ? 4 : 6, event->accepted ? "in" : "out", local, event->local_port, remote,
	       event->remote_port, (unsigned long long)event->sent_bytes, (unsigned long long)event->received_bytes,
	       event->duration_ns / 1e6);
}

static int handle_event(void *context, void *data, size_t size)
{
	const struct event *event = data;
	char local[INET6_ADDRSTRLEN], remote[INET6_ADDRSTRLEN];

	(void)context;
	(void)size;
	if (!inet_ntop(event->family, event->local, local, sizeof(local)) ||
	    !inet_ntop(event->family, event->remote, remote, sizeof(remote)))
		return 0;
	if (env.json)
		print_json(event, local, remote);
	else
		print_line(event, local, remote);
	fflush(stdout);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct argp argp = { .options = options, .parser = parse_argument, .doc = description };
	struct ring_buffer *ring = NULL;
	struct tcpconn_bpf *tool;
	int error = argp_parse(&argp, argc, argv, 0, NULL, NULL);

	if (error)
		return error;
	libbpf_set_print(print_libbpf);
	tool = tcpconn_bpf__open();
	if (!tool) {
		fprintf(stderr, "tcpconn: cannot open the BPF object\n");
		return 1;
	}
	tool->rodata->only_process = env.process;
	tool->rodata->only_family = env.family;
	tool->rodata->only_local_port = env.local_port;
	tool->rodata->only_remote_port = env.remote_port;
	error = tcpconn_bpf__load(tool);
	if (error) {
		fprintf(stderr, "tcpconn: cannot load the BPF program: %s\n", strerror(-error));
		goto cleanup;
	}
	ring = ring_buffer__new(bpf_map__fd(tool->maps.events), handle_event, NULL, NULL);
	if (!ring) {
		error = -errno;
		fprintf(stderr, "tcpconn: cannot make the ring buffer: %s\n", strerror(-error));
		goto cleanup;
	}
	error = tcpconn_bpf__attach(tool);
	if (error) {
		fprintf(stderr, "tcpconn: cannot attach the BPF program: %s\n", strerror(-error));
		goto cleanup;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);

	if (!env.json) {
		if (env.timestamp)
			printf("%-8s ", "TIME");
		printf("%-7s %-16s %-2s %-3s %-15s %-5s %-15s %-5s %10s %10s %9s\n", "PID", "COMM", "IP", "DIR", "LOCAL",
		       "PORT", "REMOTE", "PORT", "SENT", "RECEIVED", "MS");
		fflush(stdout);
	}
	while (!exiting) {
		error = ring_buffer__poll(ring, POLL_MS);
		if (error < 0 && error != -EINTR) {
			fprintf(stderr, "tcpconn: cannot poll the ring buffer: %s\n", strerror(-error));
			goto cleanup;
		}
		error = 0; /* it may be a count, or -EINTR by the signal that ends this */
	}

cleanup:
	ring_buffer__free(ring);
	tcpconn_bpf__destroy(tool);
	return error != 0;
}
