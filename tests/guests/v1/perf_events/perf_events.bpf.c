// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <linux/bpf_perf_event.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} events SEC(".maps");

__u64 samples, cookie_seen, counter_value;

SEC("perf_event")
int on_sample(struct bpf_perf_event_data *context)
{
	struct bpf_perf_event_value value = { 0 };

	cookie_seen = bpf_get_attach_cookie(context);
	if (bpf_perf_event_read_value(&events, 1, &value, sizeof(value)) == 0)
		counter_value = value.counter;
	__sync_fetch_and_add(&samples, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
