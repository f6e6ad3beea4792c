#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "events.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} wishes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
} samples SEC(".maps");

/* Three records, the second of them discarded. */
SEC("syscall")
int produce(void *context)
{
	for (__u32 i = 0; i < 3; i++) {
		struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

		if (!event)
			return 1;
		event->number = i;
		if (i == 1)
			bpf_ringbuf_discard(event, 0);
		else
			bpf_ringbuf_submit(event, 0);
	}
	return 0;
}

static long add(struct bpf_dynptr *record, void *context)
{
	__u64 *sum = context;
	__u64 number = 0;

	bpf_dynptr_read(&number, sizeof(number), record, 0, 0);
	*sum += number;
	return 0;
}

SEC("syscall")
int consume(void *context)
{
	__u64 sum = 0;

	bpf_user_ringbuf_drain(&wishes, add, &sum, 0);
	return sum;
}

SEC("tp/syscalls/sys_enter_getpgid")
int sample(void *context)
{
	struct event event = {.number = 42};

	bpf_perf_event_output(context, &samples, BPF_F_CURRENT_CPU, &event, sizeof(event));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
