// Puts the caller's process id in the SYN of a cgroup's TCP connections, and prints them.
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <linux/types.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "sockops.h"
#include "sockops.skel.h"

static const char usage[] =
	"Usage: sockops [-n CONNECTIONS] CGROUP\n"
	"Adds a TCP option with the process id to the SYN of the connections that processes in CGROUP (the path of\n"
	"a cgroup2 folder) make, and prints those made and accepted there.\n"
	"  -n CONNECTIONS  end after so many\n"
	"  -h              this text\n";

struct options {
	unsigned long connections; /* 0: no end */
	const char *cgroup;
};

static struct options parse(int argc, char **argv)
{
	struct options options = { 0 };

	for (int option; (option = getopt(argc, argv, "n:h")) != -1;) {
		switch (option) {
		case 'n': options.connections = strtoul(optarg, NULL, 10); break;
		case 'h': fputs(usage, stdout); exit(0);
		default: fputs(usage, stderr); exit(1);
		}
	}
	if (argc - optind != 1) {
		fputs(usage, stderr);
		exit(1);
	}
	options.cgroup = argv[optind];
	return options;
}

/* What bpf_program__attach_cgroup() takes; or a negative errno value. */
#ifdef __wasm__
static int open_cgroup(const char *path)
{
	return wasm_bpf_cgroup(path);
}
#else
#include <fcntl.h>

static int open_cgroup(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}
#endif

static int print_connection(void *context, void *data, size_t size)
{
	unsigned long *left = context;
	const struct connection *connection = data;
	char local[INET6_ADDRSTRLEN], remote[INET6_ADDRSTRLEN];
	int family = connection->version == 4 ? AF_INET : AF_INET6;

	(void)size;
	inet_ntop(family, connection->local, local, sizeof(local));
	inet_ntop(family, connection->remote, remote, sizeof(remote));
	if (connection->accepted)
		printf("accepted  %s:%u <- %s:%u, ", local, connection->local_port, remote, connection->remote_port);
	else
		printf("connected %s:%u -> %s:%u, ", local, connection->local_port, remote, connection->remote_port);
	if (connection->pid)
		printf("pid %u%s\n", connection->pid, connection->accepted ? " in the SYN" : "");
	else
		printf("no pid in the SYN\n");
	return *left && --*left == 0 ? -ECANCELED : 0;
}

static int attach(struct sockops_bpf *tool, const char *path)
{
	int cgroup = open_cgroup(path);

	if (cgroup < 0)
		return cgroup;
	tool->links.add_pid_option = bpf_program__attach_cgroup(tool->progs.add_pid_option, cgroup);
	return tool->links.add_pid_option ? 0 : -errno;
}

static int run(struct sockops_bpf *tool, struct options *options)
{
	struct ring_buffer *ring = ring_buffer__new(bpf_map__fd(tool->maps.connections), print_connection,
						    &options->connections, NULL);
	int result = ring ? attach(tool, options->cgroup) : -errno;

	if (!result)
		printf("Connections in %s; Ctrl-C ends it.\n", options->cgroup);
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
	struct sockops_bpf *tool = sockops_bpf__open_and_load();
	int error = tool ? run(tool, &options) : -errno;

	sockops_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "sockops: %s\n", strerror(-error));
	return error ? 1 : 0;
}
