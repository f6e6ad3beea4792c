// Prints how much an interface receives and sends.
#include <errno.h>
#include <getopt.h>
#include <linux/types.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "tc.h"
#include "tc.skel.h"

static const char usage[] =
	"Usage: tc INTERFACE [INTERVAL [COUNT]]\n"
	"Counts what INTERFACE receives and sends; prints every INTERVAL seconds (1), COUNT times (for ever).\n"
	"  -h  this text\n";

struct options {
	const char *interface;
	unsigned int interval_seconds;
	unsigned int count; /* 0: for ever */
};

static struct options parse(int argc, char **argv)
{
	struct options options = { .interval_seconds = 1 };

	for (int option; (option = getopt(argc, argv, "h")) != -1;) {
		fputs(usage, option == 'h' ? stdout : stderr);
		exit(option == 'h' ? 0 : 1);
	}
	int given = argc - optind;
	if (given > 0)
		options.interface = argv[optind];
	if (given > 1)
		options.interval_seconds = strtoul(argv[optind + 1], NULL, 10);
	if (given > 2)
		options.count = strtoul(argv[optind + 2], NULL, 10);
	if (given < 1 || given > 3 || !options.interval_seconds) {
		fputs(usage, stderr);
		exit(1);
	}
	return options;
}

/* Attaches to one direction; `opts` then names the filter. */
static int attach(const struct bpf_tc_hook *interface, enum bpf_tc_attach_point point,
		  const struct bpf_program *program, struct bpf_tc_opts *opts)
{
	struct bpf_tc_hook hook = *interface;

	hook.attach_point = point;
	opts->prog_fd = bpf_program__fd(program);
	return bpf_tc_attach(&hook, opts);
}

static void detach(const struct bpf_tc_hook *interface, enum bpf_tc_attach_point point, struct bpf_tc_opts *opts)
{
	struct bpf_tc_hook hook = *interface;

	hook.attach_point = point;
	opts->flags = opts->prog_fd = opts->prog_id = 0;
	bpf_tc_detach(&hook, opts);
}

static void print_traffic(struct tc_bpf *tool, const struct options *options)
{
	for (unsigned int i = 0; !options->count || i < options->count; i++) {
		sleep(options->interval_seconds);
		printf("received %10llu packets %12llu bytes, sent %10llu packets %12llu bytes\n",
		       (unsigned long long)tool->bss->received.packets, (unsigned long long)tool->bss->received.bytes,
		       (unsigned long long)tool->bss->sent.packets, (unsigned long long)tool->bss->sent.bytes);
		fflush(stdout);
	}
}

static int run(struct tc_bpf *tool, int interface, const struct options *options)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = interface, .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);
	LIBBPF_OPTS(bpf_tc_opts, ingress);
	LIBBPF_OPTS(bpf_tc_opts, egress);
	int hook_error = bpf_tc_hook_create(&hook);
	int error = hook_error == -EEXIST ? 0 : hook_error;

	if (!error)
		error = attach(&hook, BPF_TC_INGRESS, tool->progs.count_ingress, &ingress);
	if (!error)
		error = attach(&hook, BPF_TC_EGRESS, tool->progs.count_egress, &egress);
	if (!error) {
		printf("Traffic of %s, in all; Ctrl-C ends it.\n", options->interface);
		fflush(stdout);
		print_traffic(tool, options);
	}
	if (egress.handle)
		detach(&hook, BPF_TC_EGRESS, &egress);
	if (ingress.handle)
		detach(&hook, BPF_TC_INGRESS, &ingress);
	if (!hook_error) /* it was made here */
		bpf_tc_hook_destroy(&hook);
	return error;
}

int main(int argc, char **argv)
{
	struct options options = parse(argc, argv);
	int interface = if_nametoindex(options.interface);

	if (!interface) {
		fprintf(stderr, "tc: %s: %s\n", options.interface, strerror(errno));
		return 1;
	}
	struct tc_bpf *tool = tc_bpf__open_and_load();
	int error = tool ? run(tool, interface, &options) : -errno;
	tc_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "tc: %s\n", strerror(-error));
	return error ? 1 : 0;
}
