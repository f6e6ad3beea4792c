/* What readers of buffers count, once a batch, and the host shows. */
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/metrics.h>

struct wasm_bpf__read_counts wasm_bpf__read_counts;

static void publish(const char *name, const uint64_t *count)
{
	const struct wasm_bpf_metric_options options = {
		.size = sizeof(options),
		.kind = WASM_BPF_METRIC_COUNTER,
		.name = (wasm_bpf_ptr)(uintptr_t)name,
		.name_size = strlen(name),
		.number = WASM_BPF_METRIC_U64,
		.place = WASM_BPF_METRIC_IN_MEMORY,
		.value = (wasm_bpf_ptr)(uintptr_t)count,
	};

	/* Without it the counts are not shown, and nothing else is missing. */
	wasm_bpf_metric_publish(&options);
}

void wasm_bpf__publish_read_counts(void)
{
	static bool published;

	if (published)
		return;
	published = true;
	publish("wasm_bpf_events", &wasm_bpf__read_counts.events);
	publish("wasm_bpf_lost_samples", &wasm_bpf__read_counts.lost_samples);
}
