// SPDX-License-Identifier: GPL-2.0
// A perf buffer filled by test runs.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "perf_buffers.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, 4);
	__uint(value_size, 4);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct record);
} records SEC(".maps");

struct turn {
	void *context;
	struct record *record;
	__u64 first;
	__u32 size;
	__u32 refused;
};

static long emit_one(__u32 index, void *context)
{
	struct turn *turn = context;
	__u32 size = turn->size;

	turn->record->number = turn->first + index;
	turn->record->cpu = bpf_get_smp_processor_id();
	if (size > sizeof(*turn->record))
		return 1;
	if (bpf_perf_event_output(turn->context, &events, BPF_F_CURRENT_CPU, turn->record, size))
		turn->refused++;
	return 0;
}

SEC("raw_tp")
int emit(struct bpf_raw_tracepoint_args *context)
{
	__u32 zero = 0;
	struct turn turn = { .context = context, .first = context->args[1], .size = context->args[2] };

	turn.record = bpf_map_lookup_elem(&records, &zero);
	if (!turn.record)
		return -1;
	bpf_loop(context->args[0], emit_one, &turn, 0);
	return turn.refused;
}

char LICENSE[] SEC("license") = "GPL";
