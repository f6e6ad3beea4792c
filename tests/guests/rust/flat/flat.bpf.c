// Fills a ring buffer at each run, with what the guest adds up.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct event {
	__u64 number;
	__u64 payload[3];
};

const struct event *const event_type __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1024 * 1024);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} totals SEC(".maps");

__u64 next = 0;

static long submit(__u32 index, void *context)
{
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return 1;
	event->number = next++;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("syscall")
int fill(__u32 *count)
{
	return bpf_loop(*count, submit, 0, 0);
}

char LICENSE[] SEC("license") = "GPL";
