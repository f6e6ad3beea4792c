/* Publishes metrics of every kind and place, of known values; then, as its argument says: "spin": counts without a call,
 * "poll": takes 5 events and waits for more, "refused": what the host refuses, "flood": publishes, closes and updates as
 * fast as it can, "many": a map of 20,000 elements. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stddef.h>
#include <unistd.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/metrics.h>

#include "check.h"
#include "metrics.h"
#include "metrics.skel.h"

static volatile uint64_t loops;
static double ratio = 0.25;
static int64_t depth = -3;
static uint64_t slots[4] = { 1, 2, 0, 4 }, sum_ns = 6000;
static const double bounds[] = { 0.5, 2 };
static uint32_t bounded[3] = { 7, 0, 1 };

static void say(const char *text)
{
	CHECK(write(STDOUT_FILENO, text, strlen(text)) == (ssize_t)strlen(text));
}

static void publish_memory(void)
{
	CHECK(wasm_bpf_publish_metric(&(struct wasm_bpf_metric){
		      .kind = WASM_BPF_METRIC_COUNTER, .name = "loops_total", .help = "Turns of \"the\" loop.", .value = &loops }) > 0);
	CHECK(wasm_bpf_publish_metric(&(struct wasm_bpf_metric){
		      .kind = WASM_BPF_METRIC_GAUGE, .name = "fill_ratio", .unit = "ratio", .number = WASM_BPF_METRIC_F64,
		      .labels = { { "of", "a \"b\"\\\n" } }, .value = &ratio }) > 0);
	CHECK(wasm_bpf_publish_metric(&(struct wasm_bpf_metric){
		      .kind = WASM_BPF_METRIC_GAUGE, .name = "depth", .number = WASM_BPF_METRIC_I64, .value = &depth }) > 0);
	CHECK(wasm_bpf_publish_metric(&(struct wasm_bpf_metric){
		      .kind = WASM_BPF_METRIC_HISTOGRAM, .name = "wait_seconds", .unit = "seconds", .exponent = -9,
		      .slots = 4, .value = slots, .sum = &sum_ns }) > 0);
	CHECK(wasm_bpf_publish_metric(&(struct wasm_bpf_metric){
		      .kind = WASM_BPF_METRIC_HISTOGRAM, .name = "bounded", .number = WASM_BPF_METRIC_U32, .slots = 3,
		      .bounds = bounds, .value = bounded }) > 0);
}

static void put_flow(struct metrics_bpf *tool, uint8_t last, uint16_t kind, uint64_t bytes, const char *name)
{
	struct flow key = { .kind = kind };
	struct traffic value = { .bytes = bytes };

	memcpy(&key.address, (uint8_t[]){ 10, 0, 0, last }, 4);
	memcpy(&key.port, (uint8_t[]){ 0x01, 0xbb }, 2);
	strcpy(value.name, name);
	CHECK(bpf_map__update_elem(tool->maps.flows, &key, sizeof(key), &value, sizeof(value), BPF_ANY) == 0);
}

static void publish_maps(struct metrics_bpf *tool)
{
	const struct sizes value = { .slots = { 1, 0, 5 }, .sum = 40 };
	const uint32_t kind = 7;

	CHECK(bpf_map__update_elem(tool->maps.sizes, &kind, 4, &value, sizeof(value), BPF_ANY) == 0);
	for (uint32_t slot = 0; slot < 4; slot++) {
		const uint64_t count = slot * 10;
		CHECK(bpf_map__update_elem(tool->maps.latency, &slot, 4, &count, 8, BPF_ANY) == 0);
	}
	put_flow(tool, 1, 1, 100, "nginx");
	put_flow(tool, 1, 2, 20, "nginx");
	put_flow(tool, 2, 1, 3, "b\xff");
	CHECK(wasm_bpf_publish_metric(&(struct wasm_bpf_metric){
		      .kind = WASM_BPF_METRIC_COUNTER, .name = "sent_bytes", .unit = "bytes", .map = tool->maps.flows,
		      .each_element = true, .value_offset = offsetof(struct traffic, bytes),
		      .element_labels = {
			      WASM_BPF_KEY_LABEL("address", WASM_BPF_METRIC_LABEL_IPV4, struct flow, address),
			      WASM_BPF_KEY_LABEL("port", WASM_BPF_METRIC_LABEL_NETWORK_ORDER, struct flow, port),
			      WASM_BPF_VALUE_LABEL("command", WASM_BPF_METRIC_LABEL_TEXT, struct traffic, name) } }) > 0);
	CHECK(wasm_bpf_publish_metric(&(struct wasm_bpf_metric){
		      .kind = WASM_BPF_METRIC_COUNTER, .name = "per_cpu", .map = tool->maps.per_cpu }) > 0);
	CHECK(wasm_bpf_publish_metric(&(struct wasm_bpf_metric){
		      .kind = WASM_BPF_METRIC_HISTOGRAM, .name = "latency", .map = tool->maps.latency,
		      .slots_are_elements = true, .slots = 4 }) > 0);
	CHECK(wasm_bpf_publish_metric(&(struct wasm_bpf_metric){
		      .kind = WASM_BPF_METRIC_HISTOGRAM, .name = "sizes", .map = tool->maps.sizes, .each_element = true,
		      .number = WASM_BPF_METRIC_U32, .slots = 3, .sum_number = WASM_BPF_METRIC_U64,
		      .sum_offset = offsetof(struct sizes, sum),
		      .element_labels = { WASM_BPF_WHOLE_KEY_LABEL("kind", WASM_BPF_METRIC_LABEL_UNSIGNED, uint32_t) } }) > 0);
	CHECK(wasm_bpf_publish_metric(&(struct wasm_bpf_metric){
		      .kind = WASM_BPF_METRIC_COUNTER, .name = "runs", .map = tool->maps.bss,
		      .value_offset = (char *)&tool->bss->runs - (char *)tool->bss }) > 0);
	CHECK(wasm_bpf_publish_metric(&(struct wasm_bpf_metric){
		      .kind = WASM_BPF_METRIC_COUNTER, .name = "runs_in_window", .value = &tool->bss->runs }) > 0);
}

static void run_program(struct metrics_bpf *tool, int times)
{
	LIBBPF_OPTS(bpf_test_run_opts, options);

	for (int i = 0; i < times; i++)
		CHECK(bpf_prog_test_run_opts(bpf_program__fd(tool->progs.run), &options) == 0);
}

static void expect_refused(int error, const struct wasm_bpf_metric metric)
{
	CHECK(wasm_bpf_publish_metric(&metric) == -error);
}

static int print_nothing(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level, (void)format, (void)arguments;
	return 0;
}

static int refused(struct metrics_bpf *tool)
{
	const struct wasm_bpf_metric valid = { .kind = WASM_BPF_METRIC_COUNTER, .name = "valid", .value = &loops };
	const char *names[] = { "", "9a", "a b", "a-b", "a:b", "wasm_bpf_guest", "a_sum", "a_bucket", "a_count", "\xff" };
	struct wasm_bpf_metric metric;

	libbpf_set_print(print_nothing);
	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++) {
		metric = valid;
		metric.name = names[i];
		expect_refused(EINVAL, metric);
	}
	metric = valid, metric.unit = "seconds";
	expect_refused(EINVAL, metric);
	metric = valid, metric.labels[0].name = "guest";
	expect_refused(EINVAL, metric);
	metric = valid, metric.labels[0].name = "le";
	expect_refused(EINVAL, metric);
	metric = valid, metric.value = (char *)&loops + 4;
	expect_refused(EINVAL, metric);
	metric = valid, metric.value = (void *)0xfffffff8;
	expect_refused(EFAULT, metric);
	metric = valid, metric.slots = 2;
	expect_refused(EINVAL, metric);
	metric = valid, metric.map = tool->maps.events;
	expect_refused(EINVAL, metric);
	metric = valid, metric.map = tool->maps.flows, metric.each_element = true, metric.value_offset = 20;
	expect_refused(EINVAL, metric);
	metric = valid, metric.map = tool->maps.sizes, metric.slots_are_elements = true;
	expect_refused(EINVAL, metric);
	metric = valid, metric.map = (struct bpf_map *)tool->progs.run;
	expect_refused(EBADF, metric);
	struct metrics_bpf *unloaded = metrics_bpf__open();
	CHECK(unloaded);
	metric = valid, metric.map = unloaded->maps.latency;
	expect_refused(EINVAL, metric);
	metrics_bpf__destroy(unloaded);

	CHECK(wasm_bpf_publish_metric(&valid) > 0);
	metric = valid, metric.kind = WASM_BPF_METRIC_GAUGE;
	expect_refused(EEXIST, metric);
	int handle = 0, count = 1;
	for (int last; (last = wasm_bpf_publish_metric(&valid)) > 0; count++)
		handle = last;
	CHECK(errno == ENOSPC && count == 256);
	CHECK(wasm_bpf_close_metric(handle) == 0);
	CHECK(wasm_bpf_close_metric(handle) == -EBADF);
	CHECK(wasm_bpf_publish_metric(&valid) > 0);
	metrics_bpf__destroy(tool);
	return 0;
}

static int take(void *context, void *data, size_t size)
{
	(void)context, (void)data, (void)size;
	return 0;
}

static void poll_for_ever(struct metrics_bpf *tool)
{
	struct ring_buffer *ring = ring_buffer__new(bpf_map__fd(tool->maps.events), take, NULL, NULL);

	CHECK(ring);
	run_program(tool, 5);
	for (int taken = 0; taken < 5;)
		taken += ring_buffer__poll(ring, -1);
	depth = 11;
	say("ready\n");
	while (ring_buffer__poll(ring, -1) >= 0)
		;
}

static void flood(struct metrics_bpf *tool)
{
	const struct wasm_bpf_metric metric = { .kind = WASM_BPF_METRIC_GAUGE, .name = "short_lived", .map = tool->maps.flows,
						.each_element = true,
						.element_labels = { WASM_BPF_KEY_LABEL("kind", WASM_BPF_METRIC_LABEL_UNSIGNED, struct flow, kind) } };

	say("ready\n");
	for (uint16_t kind = 0;; kind++) {
		const int handle = wasm_bpf_publish_metric(&metric);
		CHECK(handle > 0);
		put_flow(tool, 9, kind % 500, kind, "x");
		CHECK(wasm_bpf_close_metric(handle) == 0);
		loops++;
	}
}

static void fill(struct metrics_bpf *tool)
{
	for (uint32_t i = 0; i < 20000; i++) {
		const struct flow key = { .address = i };
		const struct traffic value = { .bytes = 1 };
		bpf_map__update_elem(tool->maps.flows, &key, sizeof(key), &value, sizeof(value), BPF_ANY);
	}
	say("ready\n");
	pause();
}

int main(int argc, char **argv)
{
	struct metrics_bpf *tool = metrics_bpf__open_and_load();
	const char *what = argc > 1 ? argv[1] : "";

	CHECK(tool);
	if (!strcmp(what, "refused"))
		return refused(tool);
	publish_memory();
	publish_maps(tool);
	if (!strcmp(what, "poll"))
		poll_for_ever(tool);
	run_program(tool, 3);
	if (!strcmp(what, "flood"))
		flood(tool);
	if (!strcmp(what, "many"))
		fill(tool);
	if (!strcmp(what, "closed")) {
		metrics_bpf__destroy(tool);
		say("ready\n");
		pause();
	}
	say("ready\n");
	for (;;)
		loops++;
}
