// Reports the calls of do_unlinkat() and their returns, by fentry and fexit.
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "fentry.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} events SEC(".maps");

static __always_inline struct event *begin(__u32 returned, __s32 result)
{
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return NULL;
	event->pid = bpf_get_current_pid_tgid() >> 32;
	event->result = result;
	event->returned = returned;
	event->path[0] = 0;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	return event;
}

SEC("fentry/do_unlinkat")
int BPF_PROG(unlink_called, int folder, struct filename *name)
{
	struct event *event = begin(0, 0);

	if (!event)
		return 0;
	bpf_probe_read_kernel_str(event->path, sizeof(event->path), BPF_CORE_READ(name, name));
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("fexit/do_unlinkat")
int BPF_PROG(unlink_returned, int folder, struct filename *name, int result)
{
	struct event *event = begin(1, result);

	if (event)
		bpf_ringbuf_submit(event, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
