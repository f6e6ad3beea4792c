// Prints the packets that came in at an interface, by protocol; drops those of one protocol if asked.
#include <errno.h>
#include <getopt.h>
#include <linux/types.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "xdp.h"
#include "xdp.skel.h"

static const char usage[] =
	"Usage: xdp [-d PROTOCOL] INTERFACE [INTERVAL [COUNT]]\n"
	"Counts the packets that come in at INTERFACE; prints every INTERVAL seconds (1), COUNT times (for ever).\n"
	"  -d PROTOCOL  drop its packets: icmp, tcp, udp, icmp6 or a number\n"
	"  -h           this text\n";

static const struct {
	const char *name;
	__u32 protocol;
} known_protocols[] = { { "icmp", 1 }, { "tcp", 6 }, { "udp", 17 }, { "icmp6", 58 }, { "not IP", NOT_IP } };
#define KNOWN_PROTOCOLS (sizeof(known_protocols) / sizeof(known_protocols[0]))

struct options {
	__u32 dropped; /* PROTOCOLS: none */
	const char *interface;
	unsigned int interval_seconds;
	unsigned int count; /* 0: for ever */
};

static __u32 protocol_number(const char *name)
{
	for (size_t i = 0; i < KNOWN_PROTOCOLS; i++)
		if (!strcmp(known_protocols[i].name, name))
			return known_protocols[i].protocol;
	return strtoul(name, NULL, 10);
}

static struct options parse(int argc, char **argv)
{
	struct options options = { .dropped = PROTOCOLS, .interval_seconds = 1 };

	for (int option; (option = getopt(argc, argv, "d:h")) != -1;) {
		switch (option) {
		case 'd': options.dropped = protocol_number(optarg); break;
		case 'h': fputs(usage, stdout); exit(0);
		default: fputs(usage, stderr); exit(1);
		}
	}
	int given = argc - optind;
	if (given > 0)
		options.interface = argv[optind];
	if (given > 1)
		options.interval_seconds = strtoul(argv[optind + 1], NULL, 10);
	if (given > 2)
		options.count = strtoul(argv[optind + 2], NULL, 10);
	if (given < 1 || given > 3 || !options.interval_seconds || options.dropped > PROTOCOLS) {
		fputs(usage, stderr);
		exit(1);
	}
	return options;
}

static void print_traffic(__u32 protocol, const struct traffic *traffic)
{
	char number[16];
	const char *name = number;

	snprintf(number, sizeof(number), "%u", protocol);
	for (size_t i = 0; i < KNOWN_PROTOCOLS; i++)
		if (known_protocols[i].protocol == protocol)
			name = known_protocols[i].name;
	printf("%-8s %12llu packets %12llu bytes %12llu dropped\n", name, (unsigned long long)traffic->packets,
	       (unsigned long long)traffic->bytes, (unsigned long long)traffic->dropped);
}

/* `values` has room for every CPU's. */
static int print_counters(int map, struct traffic *values, int cpus)
{
	for (__u32 protocol = 0; protocol < PROTOCOLS; protocol++) {
		struct traffic sum = { 0 };
		int error = bpf_map_lookup_elem(map, &protocol, values);

		if (error)
			return error;
		for (int cpu = 0; cpu < cpus; cpu++) {
			sum.packets += values[cpu].packets;
			sum.bytes += values[cpu].bytes;
			sum.dropped += values[cpu].dropped;
		}
		if (sum.packets)
			print_traffic(protocol, &sum);
	}
	printf("\n");
	fflush(stdout);
	return 0;
}

static int run(struct xdp_bpf *tool, int interface, const struct options *options)
{
	int cpus = libbpf_num_possible_cpus();
	struct traffic *values = cpus > 0 ? calloc(cpus, sizeof(*values)) : NULL;
	int error = 0;

	if (!values)
		return cpus < 0 ? cpus : -ENOMEM;
	tool->links.count_packet = bpf_program__attach_xdp(tool->progs.count_packet, interface);
	if (!tool->links.count_packet)
		error = -errno;
	else
		printf("Packets in at %s, in all; Ctrl-C ends it.\n\n", options->interface);
	fflush(stdout);
	for (unsigned int i = 0; !error && (!options->count || i < options->count); i++) {
		sleep(options->interval_seconds);
		error = print_counters(bpf_map__fd(tool->maps.counters), values, cpus);
	}
	free(values);
	return error;
}

int main(int argc, char **argv)
{
	struct options options = parse(argc, argv);
	int interface = if_nametoindex(options.interface);

	if (!interface) {
		fprintf(stderr, "xdp: %s: %s\n", options.interface, strerror(errno));
		return 1;
	}
	struct xdp_bpf *tool = xdp_bpf__open();
	int error = tool ? 0 : -errno;
	if (tool) {
		tool->rodata->dropped_protocol = options.dropped;
		error = xdp_bpf__load(tool);
	}
	if (!error)
		error = run(tool, interface, &options);
	xdp_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "xdp: %s\n", strerror(-error));
	return error ? 1 : 0;
}
