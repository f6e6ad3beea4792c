// Prints histograms of how long block devices take for requests.
#include <argp.h>
#include <errno.h>
#include <linux/types.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../argument_number.h"
#include "../log2_histogram.h"
#include "../wall_clock.h"
#include "biolat.h"
#include "biolat.skel.h"

static struct {
	const char *disk;
	bool by_disk;
	bool by_operation;
	bool queued;
	bool milliseconds;
	bool timestamp;
	bool verbose;
	unsigned int interval;
	unsigned int count; /* 0: no end */
} env = { .interval = 3600 * 24, .count = 1 };

static volatile sig_atomic_t exiting;

const char *argp_program_version = "biolat 1.0";
static const char description[] =
	"Shows how long disks take for requests: until Ctrl-C, or every INTERVAL seconds, COUNT times.\n"
	"\n"
	"EXAMPLES:\n"
	"    biolat                 # all disks, at Ctrl-C\n"
	"    biolat -D -F 5 3       # by disk and operation, every 5 seconds, 3 times\n"
	"    biolat -Q -d sda       # sda, with the time that requests are queued\n";

static const struct argp_option options[] = {
	{ "disk", 'd', "NAME", 0, "That disk alone", 0 },
	{ "disks", 'D', NULL, 0, "A histogram for each disk", 0 },
	{ "operations", 'F', NULL, 0, "A histogram for each operation", 0 },
	{ "queued", 'Q', NULL, 0, "With the time that requests are queued", 0 },
	{ "milliseconds", 'm', NULL, 0, "In milliseconds (microseconds)", 0 },
	{ "timestamp", 'T', NULL, 0, "The time of day above each interval", 0 },
	{ "verbose", 'v', NULL, 0, "libbpf's messages, too", 0 },
	{ NULL, 'h', NULL, OPTION_HIDDEN, "Show the full help", 0 },
	{ 0 },
};

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	switch (key) {
	case 'd':
		if (strlen(argument) >= DISK_BYTES)
			argp_error(state, "invalid disk \"%s\": a name has less than %d characters", argument, DISK_BYTES);
		env.disk = argument;
		break;
	case 'D': env.by_disk = true; break;
	case 'F': env.by_operation = true; break;
	case 'Q': env.queued = true; break;
	case 'm': env.milliseconds = true; break;
	case 'T': env.timestamp = true; break;
	case 'v': env.verbose = true; break;
	case 'h': argp_state_help(state, stdout, ARGP_HELP_STD_HELP); break;
	case ARGP_KEY_ARG:
		if (state->arg_num == 0) {
			env.interval = argument_number(argument, "interval", 1, 3600 * 24, state);
			env.count = 0;
		} else if (state->arg_num == 1) {
			env.count = argument_number(argument, "count", 1, 1000000, state);
		} else {
			argp_usage(state);
		}
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

static const char *operation_name(unsigned int operation)
{
	static char number[24];

	switch (operation) {
	case 0: return "read";
	case 1: return "write";
	case 2: return "flush";
	case 3: return "discard";
	case 9: return "write zeroes";
	case 34: return "driver in";
	case 35: return "driver out";
	default: snprintf(number, sizeof(number), "operation %u", operation); return number;
	}
}

/* Prints what was measured and starts over. The keys first: those deleted may come back at once. */
static int print_histograms(int map)
{
	static struct histogram_key keys[MOST_HISTOGRAMS];
	struct histogram histogram;
	unsigned int count = 0;

	if (env.timestamp)
		printf("%s\n", wall_clock());
	while (count < MOST_HISTOGRAMS && !bpf_map_get_next_key(map, count ? &keys[count - 1] : NULL, &keys[count]))
		count++;
	for (unsigned int i = 0; i < count; i++) {
		int error = bpf_map_lookup_and_delete_elem(map, &keys[i], &histogram);

		if (error)
			return error;
		if (env.by_disk)
			printf("disk %s%s", keys[i].disk, env.by_operation ? ", " : "\n");
		if (env.by_operation)
			printf("%s\n", operation_name(keys[i].operation));
		print_log2_histogram(histogram.slots, SLOTS, env.milliseconds ? "milliseconds" : "microseconds");
		putchar('\n');
	}
	fflush(stdout);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options, .parser = parse_argument, .args_doc = "[INTERVAL [COUNT]]", .doc = description
	};
	struct biolat_bpf *tool;
	unsigned int printed = 0;
	int error = argp_parse(&argp, argc, argv, 0, NULL, NULL);

	if (error)
		return error;
	libbpf_set_print(print_libbpf);
	tool = biolat_bpf__open();
	if (!tool) {
		fprintf(stderr, "biolat: cannot open the BPF object\n");
		return 1;
	}
	tool->rodata->by_disk = env.by_disk;
	tool->rodata->by_operation = env.by_operation;
	tool->rodata->with_queue = env.queued;
	tool->rodata->unit_ns = env.milliseconds ? 1000000 : 1000;
	if (env.disk)
		strcpy((char *)tool->rodata->only_disk, env.disk);
	bpf_program__set_autoload(tool->progs.insert, env.queued);
	error = biolat_bpf__load(tool);
	if (!error)
		error = biolat_bpf__attach(tool);
	if (error) {
		fprintf(stderr, "biolat: cannot load or attach the BPF programs: %s\n", strerror(-error));
		goto cleanup;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);

	printf("Measuring requests to disks; Ctrl-C ends it.\n\n");
	fflush(stdout);
	do {
		if (!exiting)
			sleep(env.interval);
		error = print_histograms(bpf_map__fd(tool->maps.histograms));
		if (error) {
			fprintf(stderr, "biolat: cannot read the histograms: %s\n", strerror(-error));
			break;
		}
	} while (!exiting && ++printed != env.count);

cleanup:
	biolat_bpf__destroy(tool);
	return error != 0;
}
