/* Metrics: counters, gauges and histograms that the guest publishes once, and the host then reads where they lie, whenever
 * it is asked for them (`wasm-bpf run --metrics`). No call tells a value.
 *
 *	static uint64_t started;
 *
 *	wasm_bpf_publish_metric(&(struct wasm_bpf_metric){
 *		.kind = WASM_BPF_METRIC_COUNTER, .name = "processes_started", .help = "Programs that were run.",
 *		.value = &started });
 *	...
 *	started++;
 *
 * and out of a BPF map, which nothing of the guest reads at all:
 *
 *	wasm_bpf_publish_metric(&(struct wasm_bpf_metric){
 *		.kind = WASM_BPF_METRIC_COUNTER, .name = "sent_bytes", .unit = "bytes", .help = "Bytes sent, by port.",
 *		.map = tool->maps.sent, .each_element = true,
 *		.element_labels = { WASM_BPF_KEY_LABEL("port", WASM_BPF_METRIC_LABEL_UNSIGNED, struct key, port) } });
 *
 * docs/metrics.md has the rules and limits. */
#ifndef WASM_BPF_METRICS_H
#define WASM_BPF_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wasm_bpf/abi_types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bpf_map;

enum { WASM_BPF_METRIC_MAX_LABELS = 16 };

struct wasm_bpf_metric_text {
	const char *name;
	const char *value;
};

/* `size` bytes at `offset` of an element's key, or of its value. */
struct wasm_bpf_metric_element_label {
	const char *name; /* null: no more labels */
	enum wasm_bpf_metric_label_format format;
	uint32_t offset;
	uint32_t size;
	bool in_value;
};

/* A label made of a member of the key's or the value's struct, or of the key as a whole. */
#define WASM_BPF_KEY_LABEL(name, format, type, member) \
	{ name, format, offsetof(type, member), sizeof(((type *)0)->member), false }
#define WASM_BPF_VALUE_LABEL(name, format, type, member) \
	{ name, format, offsetof(type, member), sizeof(((type *)0)->member), true }
#define WASM_BPF_WHOLE_KEY_LABEL(name, format, type) { name, format, 0, sizeof(type), false }

/* What is zero is not given. Everything but the numbers is copied. */
struct wasm_bpf_metric {
	enum wasm_bpf_metric_kind kind;
	const char *name;
	const char *help;
	const char *unit; /* as "seconds", with which the name ends */
	struct wasm_bpf_metric_text labels[WASM_BPF_METRIC_MAX_LABELS]; /* of every sample */
	enum wasm_bpf_metric_number number; /* 0: uint64_t */
	int exponent; /* the numbers are shown times ten to the power of it: -9 makes nanoseconds seconds */

	/* Histograms: so many slots, one after another. */
	uint32_t slots;
	const double *bounds; /* inclusive, of all slots but the last; null: slot N has up to 2^(N+1) - 1, as log2 gives */
	enum wasm_bpf_metric_number sum_number; /* 0: there is no sum, or it is in memory and a uint64_t */

	/* In memory, for as long as the metric is open. */
	const volatile void *value;
	const volatile void *sum;

	/* In a map. */
	const struct bpf_map *map;
	const void *key; /* of the element, unless each_element or slots_are_elements; null: zeros, as of global data */
	uint32_t value_offset; /* in the element's value */
	uint32_t sum_offset;
	bool each_element;
	bool slots_are_elements; /* slot N is element N of an array */
	struct wasm_bpf_metric_element_label element_labels[WASM_BPF_METRIC_MAX_LABELS]; /* with each_element */
};

/* A handle, or a negative errno whose reason is printed as libbpf prints. One in a map ends with the map. */
int wasm_bpf_publish_metric(const struct wasm_bpf_metric *metric);
int wasm_bpf_close_metric(int handle);

/* What the readers of the SDK count, for the host's own "wasm_bpf_events" and "wasm_bpf_lost_samples". */
struct wasm_bpf__read_counts {
	uint64_t events;
	uint64_t lost_samples;
};
extern struct wasm_bpf__read_counts wasm_bpf__read_counts;
/* Tells the host where they are, the first time. */
void wasm_bpf__publish_read_counts(void);

#ifdef __cplusplus
}
#endif

#endif
