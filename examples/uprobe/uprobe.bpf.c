// Reports the calls of a function in user space, and their returns. What to attach to is given when it runs.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "uprobe.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

static __always_inline struct event *begin(__u32 returned)
{
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	__u64 id = bpf_get_current_pid_tgid();

	if (!event)
		return NULL;
	event->pid = id >> 32;
	event->thread = id;
	event->returned = returned;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	return event;
}

SEC("uprobe")
int BPF_UPROBE(function_called, __u64 first, __u64 second, __u64 third)
{
	struct event *event = begin(0);

	if (!event)
		return 0;
	event->values[0] = first;
	event->values[1] = second;
	event->values[2] = third;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("uretprobe")
int BPF_URETPROBE(function_returned, __u64 value)
{
	struct event *event = begin(1);

	if (!event)
		return 0;
	event->values[0] = value;
	event->values[1] = event->values[2] = 0;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
