// Publishes metrics, says "ready" and sleeps: the test reads them.
#include "guest.h"
#include "metrics.bpf.h"

#include "component.h"

enum { EINVAL_ = 22, ENOSPC_ = 28 };

#define METRIC(name_, ...) \
	(&(wasm_bpf_bpf_metrics_description_t){.name = *TEXT(name_), .help = *TEXT("A " name_ "."), __VA_ARGS__})

static wasm_bpf_bpf_objects_own_object_t object;

static void own_numbers(void)
{
	static double bounds[] = {1, 2.5, 10}, many[256];
	static guest_tuple2_string_string_t labels[] = {{{(uint8_t *)"of", 2}, {(uint8_t *)"guests", 6}}},
					    broken[] = {{{(uint8_t *)"of", 2}, {(uint8_t *)"a\0b", 3}}};
	guest_list_f64_t list = {bounds, 3};
	wasm_bpf_bpf_metrics_own_counter_t counter, dropped;
	wasm_bpf_bpf_metrics_own_gauge_t gauge;
	wasm_bpf_bpf_metrics_own_histogram_t histogram;

	// What ends gives its place to the next.
	for (int i = 0; i < 2000; i++) {
		CHECK(wasm_bpf_bpf_metrics_static_counter_publish(METRIC("dropped"), &dropped, &error));
		wasm_bpf_bpf_metrics_method_counter_add(wasm_bpf_bpf_metrics_borrow_counter(dropped), 7);
		if (i == 0)
			CHECK(wasm_bpf_bpf_metrics_static_counter_publish(METRIC("counted"), &counter, &error));
		wasm_bpf_bpf_metrics_counter_drop_own(dropped);
	}
	wasm_bpf_bpf_metrics_method_counter_add(wasm_bpf_bpf_metrics_borrow_counter(counter), 40);
	wasm_bpf_bpf_metrics_method_counter_add(wasm_bpf_bpf_metrics_borrow_counter(counter), 2);
	CHECK(wasm_bpf_bpf_metrics_static_gauge_publish(
		METRIC("delay_seconds", .unit = *TEXT("seconds"), .labels = {labels, 1}, .exponent = -3), &gauge, &error));
	wasm_bpf_bpf_metrics_method_gauge_set(wasm_bpf_bpf_metrics_borrow_gauge(gauge), -500);
	CHECK(wasm_bpf_bpf_metrics_static_histogram_publish(METRIC("sizes"), &list, &histogram, &error));
	for (int i = 0; i < 14; i++)
		wasm_bpf_bpf_metrics_method_histogram_observe(wasm_bpf_bpf_metrics_borrow_histogram(histogram), i * 0.5 + (i > 5) * 6);

	FAILS(wasm_bpf_bpf_metrics_static_counter_publish(METRIC("no name"), &dropped, &error), EINVAL_);
	SAYS("\"no name\"");
	FAILS(wasm_bpf_bpf_metrics_static_counter_publish(METRIC("x", .labels = {broken, 1}), &dropped, &error), EINVAL_);
	SAYS("a label with a zero byte");
	list = (guest_list_f64_t){many, 256};
	FAILS(wasm_bpf_bpf_metrics_static_histogram_publish(METRIC("x"), &list, &histogram, &error), EINVAL_);
}

// The last one's numbers stay, however many others came and went.
static void after_others(void)
{
	enum { MOST = 250, AT_ONCE = 100 };
	static double bounds[MOST];
	wasm_bpf_bpf_metrics_own_histogram_t passing[AT_ONCE], late;
	guest_list_f64_t list = {bounds, 0};

	for (int i = 0; i < MOST; i++)
		bounds[i] = i;
	for (list.len = 1; list.len < 200; list.len++) {
		for (int i = 0; i < AT_ONCE; i++)
			CHECK(wasm_bpf_bpf_metrics_static_histogram_publish(METRIC("passing"), &list, &passing[i], &error));
		for (int i = 0; i < AT_ONCE; i++)
			wasm_bpf_bpf_metrics_histogram_drop_own(passing[i]);
	}
	list.len = MOST;
	CHECK(wasm_bpf_bpf_metrics_static_histogram_publish(METRIC("late"), &list, &late, &error));
	wasm_bpf_bpf_metrics_method_histogram_observe(wasm_bpf_bpf_metrics_borrow_histogram(late), 1);
	wasm_bpf_bpf_metrics_method_histogram_observe(wasm_bpf_bpf_metrics_borrow_histogram(late), 300);
}

static void in_maps(void)
{
	static wasm_bpf_bpf_metrics_element_label_t labels[] = {
		{.format = WASM_BPF_BPF_METRICS_LABEL_FORMAT_IPV4, .size = 4},
		{.format = WASM_BPF_BPF_METRICS_LABEL_FORMAT_UNSIGNED, .in_value = true, .offset = 8, .size = 4},
	};
	static double bounds[] = {1, 2, 4};
	const wasm_bpf_bpf_objects_own_map_t counts = find_map(object, "counts"), slots = find_map(object, "slots");
	wasm_bpf_bpf_metrics_numbers_t numbers = {.place.tag = WASM_BPF_BPF_METRICS_PLACE_EACH_ELEMENT,
						  .place.val.each_element = {labels, 2},
						  .at.number = WASM_BPF_BPF_METRICS_NUMBER_TYPE_UNSIGNED64};
	wasm_bpf_bpf_metrics_own_map_metric_t metric;
	uint8_t key[4] = {10, 0, 0, 1};
	struct {
		uint64_t seen;
		uint32_t last, padding;
	} count = {11, 5, 0};
	uint32_t slot = 2;
	uint64_t in_slot = 3;

	labels[0].name = *TEXT("address");
	labels[1].name = *TEXT("last");
	CHECK(wasm_bpf_bpf_objects_method_map_update(MAP(counts), BYTES(key), BYTES(count), 0, &error));
	CHECK(wasm_bpf_bpf_objects_method_map_update(MAP(slots), BYTES(slot), BYTES(in_slot), 0, &error));
	CHECK(wasm_bpf_bpf_metrics_static_map_metric_publish(MAP(counts), WASM_BPF_BPF_METRICS_KIND_COUNTER, METRIC("seen"),
							     &numbers, &metric, &error));
	numbers = (wasm_bpf_bpf_metrics_numbers_t){.place.tag = WASM_BPF_BPF_METRICS_PLACE_ELEMENT,
						   .place.val.element = *BYTES(key),
						   .at = {8, WASM_BPF_BPF_METRICS_NUMBER_TYPE_UNSIGNED32}};
	CHECK(wasm_bpf_bpf_metrics_static_map_metric_publish(MAP(counts), WASM_BPF_BPF_METRICS_KIND_GAUGE, METRIC("last"),
							     &numbers, &metric, &error));
	numbers = (wasm_bpf_bpf_metrics_numbers_t){.place.tag = WASM_BPF_BPF_METRICS_PLACE_SLOTS,
						   .at.number = WASM_BPF_BPF_METRICS_NUMBER_TYPE_UNSIGNED64,
						   .slots = 4,
						   .bounds = {bounds, 3}};
	CHECK(wasm_bpf_bpf_metrics_static_map_metric_publish(MAP(slots), WASM_BPF_BPF_METRICS_KIND_HISTOGRAM, METRIC("slots"),
							     &numbers, &metric, &error));
	numbers.bounds.len = 1;
	FAILS(wasm_bpf_bpf_metrics_static_map_metric_publish(MAP(slots), WASM_BPF_BPF_METRICS_KIND_HISTOGRAM, METRIC("x"),
							     &numbers, &metric, &error),
	      EINVAL_);
	SAYS("a bound for each slot but the last");
}

int main(void)
{
	object = open_object(OBJECT_BYTES(metrics));
	CHECK(wasm_bpf_bpf_objects_method_object_load(OBJECT(object), &error));
	own_numbers();
	after_others();
	in_maps();
	puts("ready");
	fflush(stdout);
	while (wasm_bpf_bpf_lifecycle_sleep(100000000, &error))
		;
	return 0;
}
