// Prints the IP packets of a network interface.
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <linux/types.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "sockfilter.h"
#include "sockfilter.skel.h"

static const char usage[] =
	"Usage: sockfilter [-i INTERFACE] [-n PACKETS]\n"
	"Prints the IP packets that an interface sends and receives.\n"
	"  -i INTERFACE  (lo)\n"
	"  -n PACKETS    end after so many\n"
	"  -h            this text\n";

struct options {
	const char *interface;
	unsigned long packets; /* 0: no end */
};

static struct options parse(int argc, char **argv)
{
	struct options options = { .interface = "lo" };

	for (int option; (option = getopt(argc, argv, "i:n:h")) != -1;) {
		switch (option) {
		case 'i': options.interface = optarg; break;
		case 'n': options.packets = strtoul(optarg, NULL, 10); break;
		case 'h': fputs(usage, stdout); exit(0);
		default: fputs(usage, stderr); exit(1);
		}
	}
	return options;
}

/* A packet socket on the interface with the filter attached; or a negative errno value. */
#ifdef __wasm__
static int open_filtered_socket(const struct bpf_program *filter, int interface)
{
	int packet_socket = wasm_bpf_packet_socket(interface);

	if (packet_socket < 0)
		return packet_socket;
	return wasm_bpf_program_attach_socket(filter, packet_socket) ? packet_socket : -errno;
}
#else
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

static int open_filtered_socket(const struct bpf_program *filter, int interface)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = interface,
	};
	int fd = bpf_program__fd(filter);
	int packet_socket = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (packet_socket < 0 || setsockopt(packet_socket, SOL_SOCKET, SO_ATTACH_BPF, &fd, sizeof(fd)) ||
	    bind(packet_socket, (struct sockaddr *)&address, sizeof(address)))
		return -errno;
	return packet_socket;
}
#endif

static const char *protocol_name(__u8 protocol)
{
	switch (protocol) {
	case 1: return "icmp";
	case 6: return "tcp";
	case 17: return "udp";
	case 58: return "icmp6";
	default: return "other";
	}
}

static int print_packet(void *context, void *data, size_t size)
{
	unsigned long *left = context;
	const struct packet *packet = data;
	char source[INET6_ADDRSTRLEN], destination[INET6_ADDRSTRLEN];
	int family = packet->version == 4 ? AF_INET : AF_INET6;

	(void)size;
	inet_ntop(family, packet->source, source, sizeof(source));
	inet_ntop(family, packet->destination, destination, sizeof(destination));
	printf("%-3s %-5s %s:%u -> %s:%u, %u bytes\n", packet->outgoing ? "out" : "in",
	       protocol_name(packet->protocol), source, packet->source_port, destination,
	       packet->destination_port, packet->bytes);
	return *left && --*left == 0 ? -ECANCELED : 0;
}

static int run(struct sockfilter_bpf *tool, int interface, unsigned long packets)
{
	struct ring_buffer *ring =
		ring_buffer__new(bpf_map__fd(tool->maps.packets), print_packet, &packets, NULL);
	int result = ring ? open_filtered_socket(tool->progs.report_packet, interface) : -errno;

	if (result >= 0)
		printf("Packets; Ctrl-C ends it.\n");
	while (result >= 0) {
		fflush(stdout);
		result = ring_buffer__poll(ring, -1);
	}
	ring_buffer__free(ring);
	return result == -ECANCELED ? 0 : result;
}

int main(int argc, char **argv)
{
	struct options options = parse(argc, argv);
	int interface = if_nametoindex(options.interface);

	if (!interface) {
		fprintf(stderr, "sockfilter: %s: %s\n", options.interface, strerror(errno));
		return 1;
	}
	struct sockfilter_bpf *tool = sockfilter_bpf__open_and_load();
	int error = tool ? run(tool, interface, options.packets) : -errno;
	sockfilter_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "sockfilter: %s\n", strerror(-error));
	return error ? 1 : 0;
}
