// Fills a ring buffer with 64-byte records, without waking whoever reads it.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "drain.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 * 1024 * 1024);
} events SEC(".maps");

static long submit(__u32 index, void *context)
{
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return 1;
	event->number = *(__u64 *)context + index;
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("syscall")
int fill(__u64 *first)
{
	__u64 number = *first;

	bpf_loop(RECORDS, submit, &number, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
