/* Metrics, as the host takes them. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>
#include <wasm_bpf/metrics.h>

static wasm_bpf_ptr address_of(const volatile void *at)
{
	return (wasm_bpf_ptr)(uintptr_t)at;
}

static uint32_t length(const char *text)
{
	return text ? strlen(text) : 0;
}

/* Name, value, name, value, each terminated: in memory of malloc's; null where there are none, or there is no memory. */
static char *joined_labels(const struct wasm_bpf_metric *metric, uint32_t *size)
{
	const struct wasm_bpf_metric_text *labels = metric->labels;
	char *joined, *end;

	*size = 0;
	for (int i = 0; i < WASM_BPF_METRIC_MAX_LABELS && labels[i].name; i++)
		*size += strlen(labels[i].name) + length(labels[i].value) + 2;
	joined = end = *size ? (char *)malloc(*size) : NULL;
	for (int i = 0; joined && i < WASM_BPF_METRIC_MAX_LABELS && labels[i].name; i++) {
		end = stpcpy(end, labels[i].name) + 1;
		end = stpcpy(end, labels[i].value ? labels[i].value : "") + 1;
	}
	return joined;
}

static uint32_t element_labels(const struct wasm_bpf_metric *metric, struct wasm_bpf_metric_label *labels)
{
	uint32_t count = 0;

	for (; count < WASM_BPF_METRIC_MAX_LABELS && metric->element_labels[count].name; count++) {
		const struct wasm_bpf_metric_element_label *label = &metric->element_labels[count];
		labels[count] = (struct wasm_bpf_metric_label){
			.name = address_of(label->name),
			.name_size = strlen(label->name),
			.format = label->format,
			.in_value = label->in_value,
			.offset = label->offset,
			.size = label->size,
		};
	}
	return count;
}

static void put_place(const struct wasm_bpf_metric *metric, struct wasm_bpf_metric_options *options)
{
	if (!metric->map) {
		options->place = WASM_BPF_METRIC_IN_MEMORY;
		options->value = address_of(metric->value);
		options->sum = address_of(metric->sum);
		if (metric->sum && !options->sum_number)
			options->sum_number = WASM_BPF_METRIC_U64;
		return;
	}
	options->place = metric->slots_are_elements ? WASM_BPF_METRIC_IN_SLOTS :
			 metric->each_element       ? WASM_BPF_METRIC_IN_EACH_ELEMENT :
						      WASM_BPF_METRIC_IN_ELEMENT;
	options->map = wasm_bpf__map_handle(metric->map);
	options->value = metric->value_offset;
	options->sum = metric->sum_offset;
}

int wasm_bpf_publish_metric(const struct wasm_bpf_metric *metric)
{
	static const char zeros[64];
	struct wasm_bpf_metric_label labels[WASM_BPF_METRIC_MAX_LABELS];
	struct wasm_bpf_metric_options options = {
		.size = sizeof(options),
		.kind = metric->kind,
		.name = address_of(metric->name),
		.name_size = length(metric->name),
		.help = address_of(metric->help),
		.help_size = length(metric->help),
		.unit = address_of(metric->unit),
		.unit_size = length(metric->unit),
		.number = metric->number ? metric->number : WASM_BPF_METRIC_U64,
		.exponent = metric->exponent,
		.slots = metric->slots,
		.bounds = address_of(metric->bounds),
		.sum_number = metric->sum_number,
	};
	char *joined = joined_labels(metric, &options.labels_size);

	if (options.labels_size && !joined)
		return -(errno = ENOMEM);
	options.labels = address_of(joined);
	put_place(metric, &options);
	options.element_label_count = element_labels(metric, labels);
	options.element_labels = address_of(labels);
	if (options.place == WASM_BPF_METRIC_IN_ELEMENT) {
		options.key_size = bpf_map__key_size(metric->map);
		options.key = address_of(metric->key ? metric->key : zeros);
		if (!metric->key && options.key_size > sizeof(zeros)) {
			free(joined);
			return -(errno = EINVAL);
		}
	}
	const int handle = wasm_bpf__explain(wasm_bpf_metric_publish(&options));
	free(joined);
	return handle;
}

int wasm_bpf_close_metric(int handle)
{
	return wasm_bpf__result(wasm_bpf_close(handle));
}
