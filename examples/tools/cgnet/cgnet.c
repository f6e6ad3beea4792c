// Prints what the cgroups below one send and receive, and denies them ports.
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/types.h>
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
#include "cgnet.h"
#include "cgnet.skel.h"

static struct {
	const char *cgroup;
	bool verbose;
	unsigned int port_count;
	__u16 ports[MOST_PORTS];
	unsigned int interval;
	unsigned int count; /* 0: no end */
} env = { .interval = 1 };

static volatile sig_atomic_t exiting;

const char *argp_program_version = "cgnet 1.0";
static const char description[] =
	"Prints what CGROUP and those below it send and receive, every INTERVAL seconds (1), COUNT times (for ever).\n"
	"\n"
	"EXAMPLES:\n"
	"    cgnet /sys/fs/cgroup                          # all, every second\n"
	"    cgnet /sys/fs/cgroup/user.slice 10 6          # the users', every 10 seconds, 6 times\n"
	"    cgnet -d 25 -d 465 /sys/fs/cgroup/user.slice  # and no mail, as long as this runs\n";

static const struct argp_option options[] = {
	{ "deny-port", 'd', "PORT", 0, "Hold back TCP and UDP packets from or to it (more than once: more of them)", 0 },
	{ "verbose", 'v', NULL, 0, "libbpf's messages, too", 0 },
	{ NULL, 'h', NULL, OPTION_HIDDEN, "Show the full help", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	switch (key) {
	case 'd':
		if (env.port_count == MOST_PORTS)
			argp_error(state, "at most %d ports can be denied", MOST_PORTS);
		env.ports[env.port_count++] = argument_number(argument, "port", 1, 65535, state);
		break;
	case 'v': env.verbose = true; break;
	case 'h': argp_state_help(state, stdout, ARGP_HELP_STD_HELP); break;
	case ARGP_KEY_ARG:
		switch (state->arg_num) {
		case 0: env.cgroup = argument; break;
		case 1: env.interval = argument_number(argument, "interval", 1, 3600 * 24, state); break;
		case 2: env.count = argument_number(argument, "count", 1, 1000000, state); break;
		default: argp_usage(state);
		}
		break;
	case ARGP_KEY_END:
		if (!env.cgroup)
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

static int deny_ports(struct cgnet_bpf *tool)
{
	__u8 set = 1;

	for (unsigned int i = 0; i < env.port_count; i++) {
		int error = bpf_map__update_elem(tool->maps.denied_ports, &env.ports[i], sizeof(env.ports[i]), &set,
						 sizeof(set), BPF_ANY);

		if (error)
			return error;
	}
	return 0;
}

static int attach(struct cgnet_bpf *tool, int cgroup)
{
	tool->links.receives = bpf_program__attach_cgroup(tool->progs.receives, cgroup);
	if (!tool->links.receives)
		return -errno;
	tool->links.sends = bpf_program__attach_cgroup(tool->progs.sends, cgroup);
	return tool->links.sends ? 0 : -errno;
}

static void add_up(struct traffic *sum, const struct traffic *of_cpus, int cpus)
{
	memset(sum, 0, sizeof(*sum));
	for (int cpu = 0; cpu < cpus; cpu++)
		for (int direction = 0; direction < DIRECTIONS; direction++) {
			sum->packets[direction] += of_cpus[cpu].packets[direction];
			sum->bytes[direction] += of_cpus[cpu].bytes[direction];
			sum->denied[direction] += of_cpus[cpu].denied[direction];
		}
}

static int print_traffic(const struct bpf_map *map)
{
	int cpus = libbpf_num_possible_cpus(), error = 0;
	struct traffic *of_cpus = cpus > 0 ? calloc(cpus, sizeof(*of_cpus)) : NULL;
	__u64 cgroup, *before = NULL;
	struct traffic sum;

	if (!of_cpus)
		return cpus < 0 ? cpus : -ENOMEM;
	printf("%s\n%20s %10s %12s %10s %12s %10s\n", wall_clock(), "CGROUP", "RECEIVED", "BYTES", "SENT", "BYTES", "DENIED");
	while (!error && !bpf_map__get_next_key(map, before, &cgroup, sizeof(cgroup))) {
		error = bpf_map__lookup_elem(map, &cgroup, sizeof(cgroup), of_cpus, cpus * sizeof(*of_cpus), 0);
		if (error)
			break;
		add_up(&sum, of_cpus, cpus);
		printf("%20llu %10llu %12llu %10llu %12llu %10llu\n", (unsigned long long)cgroup,
		       (unsigned long long)sum.packets[RECEIVED], (unsigned long long)sum.bytes[RECEIVED],
		       (unsigned long long)sum.packets[SENT], (unsigned long long)sum.bytes[SENT],
		       (unsigned long long)(sum.denied[RECEIVED] + sum.denied[SENT]));
		before = &cgroup;
	}
	free(of_cpus);
	putchar('\n');
	fflush(stdout);
	return error;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options, .parser = parse_argument, .args_doc = "CGROUP [INTERVAL [COUNT]]", .doc = description
	};
	struct cgnet_bpf *tool;
	unsigned int printed = 0;
	int error = argp_parse(&argp, argc, argv, 0, NULL, NULL);
	int cgroup;

	if (error)
		return error;
	libbpf_set_print(print_libbpf);
	cgroup = open(env.cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cgroup < 0) {
		fprintf(stderr, "cgnet: cannot open cgroup %s: %s\n", env.cgroup, strerror(errno));
		return 1;
	}
	tool = cgnet_bpf__open();
	if (!tool) {
		fprintf(stderr, "cgnet: cannot open the BPF object\n");
		close(cgroup);
		return 1;
	}
	tool->rodata->denies = env.port_count > 0;
	error = cgnet_bpf__load(tool);
	if (!error)
		error = deny_ports(tool);
	if (error) {
		fprintf(stderr, "cgnet: cannot load the BPF programs: %s\n", strerror(-error));
		goto cleanup;
	}
	error = attach(tool, cgroup);
	if (error) {
		fprintf(stderr, "cgnet: cannot attach to cgroup %s: %s\n", env.cgroup, strerror(-error));
		goto cleanup;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);

	printf("Counting what %s sends and receives; Ctrl-C ends it.\n", env.cgroup);
	fflush(stdout);
	do {
		if (!exiting)
			sleep(env.interval);
		error = print_traffic(tool->maps.cgroups);
		if (error) {
			fprintf(stderr, "cgnet: cannot read the counters: %s\n", strerror(-error));
			break;
		}
	} while (!exiting && ++printed != env.count);

cleanup:
	cgnet_bpf__destroy(tool);
	close(cgroup);
	return error != 0;
}
