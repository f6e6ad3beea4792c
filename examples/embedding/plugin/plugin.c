// The plugin that every embedder beside loads: reports how many programs were started to a function of its host, answers
// calls, and ends in good order.
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "plugin.skel.h"

// The host's.
__attribute__((import_module("agent"), import_name("report"))) int32_t agent_report(const char *name, size_t name_size,
										    uint64_t value);

static struct plugin_bpf *tool;
static volatile sig_atomic_t exiting;

static void on_signal(int number)
{
	(void)number;
	exiting = 1;
}

// The host calls it while this waits.
__attribute__((export_name("started"))) uint64_t started(void)
{
	return tool->bss->started;
}

int main(void)
{
	static const char name[] = "programs started";
	uint64_t reported = 0;

	signal(SIGTERM, on_signal);
	setvbuf(stdout, NULL, _IOLBF, 0);
	tool = plugin_bpf__open_and_load();
	if (!tool || plugin_bpf__attach(tool))
		return 1;
	printf("watching\n");
	while (!exiting) {
		uint64_t seen = tool->bss->started;

		if (seen != reported && agent_report(name, strlen(name), seen) != 0)
			break;
		reported = seen;
		usleep(10000);
	}
	printf("done\n");
	plugin_bpf__destroy(tool);
	return 0;
}
