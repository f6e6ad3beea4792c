// Prints the flows by which an interface receives most.
#include <argp.h>
#include <arpa/inet.h>
#include <errno.h>
#include <linux/types.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../argument_number.h"
#include "../wall_clock.h"
#include "flowtop.h"
#include "flowtop.skel.h"

#define BATCH 256

static struct {
	const char *interface;
	bool by_host;
	bool packets;
	bool verbose;
	unsigned int top;
	unsigned int interval;
	unsigned int count; /* 0: no end */
} env = { .top = 20, .interval = 1 };

static volatile sig_atomic_t exiting;

const char *argp_program_version = "flowtop 1.0";
static const char description[] =
	"Prints the flows by which INTERFACE receives most, every INTERVAL seconds (1), COUNT times (for ever).\n"
	"\n"
	"EXAMPLES:\n"
	"    flowtop eth0           # by bytes, every second\n"
	"    flowtop -P eth0 10 6   # by packets, every 10 seconds, 6 times\n"
	"    flowtop -H -t 5 eth0   # the 5 hosts that send most\n";

static const struct argp_option options[] = {
	{ "by-host", 'H', NULL, 0, "Add up by the host that sends", 0 },
	{ "packets", 'P', NULL, 0, "Sort by packets (bytes)", 0 },
	{ "top", 't', "NUMBER", 0, "Print so many (20)", 0 },
	{ "verbose", 'v', NULL, 0, "libbpf's messages, too", 0 },
	{ NULL, 'h', NULL, OPTION_HIDDEN, "Show the full help", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	switch (key) {
	case 'H': env.by_host = true; break;
	case 'P': env.packets = true; break;
	case 't': env.top = argument_number(argument, "number", 1, MOST_FLOWS, state); break;
	case 'v': env.verbose = true; break;
	case 'h': argp_state_help(state, stdout, ARGP_HELP_STD_HELP); break;
	case ARGP_KEY_ARG:
		switch (state->arg_num) {
		case 0: env.interface = argument; break;
		case 1: env.interval = argument_number(argument, "interval", 1, 3600 * 24, state); break;
		case 2: env.count = argument_number(argument, "count", 1, 1000000, state); break;
		default: argp_usage(state);
		}
		break;
	case ARGP_KEY_END:
		if (!env.interface)
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

struct row {
	struct flow flow;
	struct traffic traffic; /* of all CPUs */
};

struct table {
	struct row rows[MOST_FLOWS];
	unsigned int count;
};

/* Takes what was counted out of the map, a batch at a time. */
static int take_flows(int map, struct table *table)
{
	static struct flow keys[BATCH];
	int cpus = libbpf_num_possible_cpus(), error = 0;
	struct traffic *values = cpus > 0 ? calloc((size_t)BATCH * cpus, sizeof(*values)) : NULL;
	__u32 position, *after = NULL;

	if (!values)
		return cpus < 0 ? cpus : -ENOMEM;
	table->count = 0;
	while (!error) {
		__u32 count = BATCH;

		error = bpf_map_lookup_and_delete_batch(map, after, &position, keys, values, &count, NULL);
		if (error && error != -ENOENT)
			break;
		for (__u32 i = 0; i < count && table->count < MOST_FLOWS; i++) {
			struct row *row = &table->rows[table->count++];

			*row = (struct row){ .flow = keys[i] };
			for (int cpu = 0; cpu < cpus; cpu++) {
				row->traffic.packets += values[(size_t)i * cpus + cpu].packets;
				row->traffic.bytes += values[(size_t)i * cpus + cpu].bytes;
			}
		}
		after = &position;
	}
	free(values);
	return error == -ENOENT ? 0 : error;
}

static int by_rank(const void *left, const void *right)
{
	const struct row *a = left, *b = right;
	__u64 of_a = env.packets ? a->traffic.packets : a->traffic.bytes;
	__u64 of_b = env.packets ? b->traffic.packets : b->traffic.bytes;

	return (of_a < of_b) - (of_a > of_b);
}

static const char *protocol_name(unsigned int protocol)
{
	static char number[8];

	switch (protocol) {
	case 0: return "-";
	case IPPROTO_ICMP: return "icmp";
	case IPPROTO_TCP: return "tcp";
	case IPPROTO_UDP: return "udp";
	case IPPROTO_ICMPV6: return "icmp6";
	default: snprintf(number, sizeof(number), "%u", protocol); return number;
	}
}

/* ADDRESS:PORT, or [ADDRESS]:PORT; without port the address alone. */
static const char *end_point(char *text, size_t size, const struct flow *flow, const __u8 *address, __u16 port)
{
	char host[INET6_ADDRSTRLEN] = "?";

	inet_ntop(flow->version == 4 ? AF_INET : AF_INET6, address, host, sizeof(host));
	if (!port)
		snprintf(text, size, "%s", host);
	else
		snprintf(text, size, flow->version == 4 ? "%s:%u" : "[%s]:%u", host, ntohs(port));
	return text;
}

static void print_table(struct table *table)
{
	char source[INET6_ADDRSTRLEN + 8], destination[INET6_ADDRSTRLEN + 8];

	qsort(table->rows, table->count, sizeof(table->rows[0]), by_rank);
	printf("%s %s: %u %s\n", wall_clock(), env.interface, table->count, env.by_host ? "hosts" : "flows");
	printf("%-5s %-24s %-24s %10s %12s\n", "PROTO", "FROM", env.by_host ? "" : "TO", "PACKETS", "BYTES");
	for (unsigned int i = 0; i < table->count && i < env.top; i++) {
		const struct flow *flow = &table->rows[i].flow;
		const struct traffic *traffic = &table->rows[i].traffic;

		end_point(source, sizeof(source), flow, flow->source, flow->source_port);
		end_point(destination, sizeof(destination), flow, flow->destination, flow->destination_port);
		printf("%-5s %-24s %-24s %10llu %12llu\n", protocol_name(flow->protocol), source,
		       env.by_host ? "" : destination, (unsigned long long)traffic->packets,
		       (unsigned long long)traffic->bytes);
	}
	putchar('\n');
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options, .parser = parse_argument, .args_doc = "INTERFACE [INTERVAL [COUNT]]", .doc = description
	};
	static struct table table;
	struct flowtop_bpf *tool;
	unsigned int printed = 0;
	int error = argp_parse(&argp, argc, argv, 0, NULL, NULL);
	int interface;

	if (error)
		return error;
	libbpf_set_print(print_libbpf);
	interface = if_nametoindex(env.interface);
	if (!interface) {
		fprintf(stderr, "flowtop: no interface %s: %s\n", env.interface, strerror(errno));
		return 1;
	}
	tool = flowtop_bpf__open();
	if (!tool) {
		fprintf(stderr, "flowtop: cannot open the BPF object\n");
		return 1;
	}
	tool->rodata->by_host = env.by_host;
	error = flowtop_bpf__load(tool);
	if (error) {
		fprintf(stderr, "flowtop: cannot load the BPF program: %s\n", strerror(-error));
		goto cleanup;
	}
	tool->links.count_packet = bpf_program__attach_xdp(tool->progs.count_packet, interface);
	if (!tool->links.count_packet) {
		error = -errno;
		fprintf(stderr, "flowtop: cannot attach to %s: %s\n", env.interface, strerror(-error));
		goto cleanup;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);

	printf("Counting what %s receives; Ctrl-C ends it.\n", env.interface);
	fflush(stdout);
	do {
		if (!exiting)
			sleep(env.interval);
		error = take_flows(bpf_map__fd(tool->maps.flows), &table);
		if (error) {
			fprintf(stderr, "flowtop: cannot read the flows: %s\n", strerror(-error));
			break;
		}
		print_table(&table);
	} while (!exiting && ++printed != env.count);

cleanup:
	flowtop_bpf__destroy(tool);
	return error != 0;
}
