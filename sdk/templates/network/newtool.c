// newtool: prints how many packets come in at an interface, by their IP protocol.
#include <errno.h>
#include <linux/types.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "newtool.h"
#include "newtool.skel.h"

static const char usage[] = "Usage: newtool INTERFACE [INTERVAL [COUNT]]\n"
			    "Counts the packets that come in at INTERFACE by protocol; prints every INTERVAL\n"
			    "seconds (1), COUNT times (for ever; Ctrl-C ends it).\n";

static const struct {
	int number;
	const char *name;
} names[] = { { 1, "icmp" }, { 6, "tcp" }, { 17, "udp" }, { 58, "icmp6" } };

static void print_traffic(const struct traffic *traffic)
{
	for (int protocol = 0; protocol < PROTOCOLS; protocol++) {
		char number[16];
		const char *name = number;

		if (!traffic[protocol].packets)
			continue;
		snprintf(number, sizeof(number), "%d", protocol);
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (names[i].number == protocol)
				name = names[i].name;
		printf("%-8s %12llu packets %15llu bytes\n", name, (unsigned long long)traffic[protocol].packets,
		       (unsigned long long)traffic[protocol].bytes);
	}
	printf("\n");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	unsigned int interval = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
	unsigned int count = argc > 3 ? strtoul(argv[3], NULL, 10) : 0; /* 0: for ever */
	int interface = argc > 1 ? if_nametoindex(argv[1]) : 0;

	if (argc < 2 || argc > 4 || !interval) {
		fputs(usage, stderr);
		return 1;
	}
	struct newtool_bpf *tool = interface ? newtool_bpf__open_and_load() : NULL;
	int error = tool ? 0 : -errno;
	if (!error) {
		tool->links.count_packet = bpf_program__attach_xdp(tool->progs.count_packet, interface);
		error = tool->links.count_packet ? 0 : -errno;
	}
	if (!error)
		printf("Packets in at %s, in all\n\n", argv[1]);
	fflush(stdout);
	for (unsigned int i = 0; !error && (!count || i < count); i++) {
		sleep(interval);
		print_traffic((const struct traffic *)&tool->bss->traffic);
	}
	newtool_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "newtool: %s: %s\n", argv[1], strerror(-error));
	return error ? 1 : 0;
}
