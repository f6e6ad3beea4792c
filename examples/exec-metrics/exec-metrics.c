/* Shows as metrics which programs start and how long processes live. It only says where the numbers are; the host reads
 * them out of the maps whenever Prometheus asks. */
#include <bpf/libbpf.h>
#include <linux/types.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include <wasm_bpf/metrics.h>

#include "exec-metrics.h"
#include "exec-metrics.skel.h"

static int publish(const struct exec_metrics_bpf *tool)
{
	const struct wasm_bpf_metric started = {
		.kind = WASM_BPF_METRIC_COUNTER,
		.name = "programs_started",
		.help = "Programs that were started, by the first 15 bytes of their name.",
		.map = tool->maps.started,
		.each_element = true,
		.element_labels = { WASM_BPF_WHOLE_KEY_LABEL("command", WASM_BPF_METRIC_LABEL_TEXT, struct command) },
	};
	const struct wasm_bpf_metric lifetime = {
		.kind = WASM_BPF_METRIC_HISTOGRAM,
		.name = "process_lifetime_seconds",
		.help = "How long processes that ended had lived.",
		.unit = "seconds",
		.exponent = -6,
		.map = tool->maps.lifetimes,
		.slots = SLOTS,
		.value_offset = offsetof(struct lifetimes, slots),
		.sum_number = WASM_BPF_METRIC_U64,
		.sum_offset = offsetof(struct lifetimes, sum_us),
	};
	const int result = wasm_bpf_publish_metric(&started);

	return result < 0 ? result : wasm_bpf_publish_metric(&lifetime);
}

int main(void)
{
	struct exec_metrics_bpf *tool = exec_metrics_bpf__open_and_load();

	if (!tool || exec_metrics_bpf__attach(tool) || publish(tool) < 0)
		return 1;
	printf("Counting programs; Ctrl-C ends it.\n");
	fflush(stdout);
	pause();
	exec_metrics_bpf__destroy(tool);
	return 0;
}
