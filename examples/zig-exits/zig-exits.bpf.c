// Reports every process that ends.
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#define _LINUX_TYPES_H /* vmlinux.h has them */
#include "zig-exits.h"

const volatile __u32 only_parent = 0; /* 0: any */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

SEC("tracepoint/sched/sched_process_exit")
int process_exit(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	__u64 id = bpf_get_current_pid_tgid();
	struct event *event;

	if ((__u32)id != id >> 32) /* a thread of a process that goes on */
		return 0;
	if (only_parent && BPF_CORE_READ(task, real_parent, tgid) != only_parent)
		return 0;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return 0;
	event->lifetime_ns = bpf_ktime_get_ns() - BPF_CORE_READ(task, start_time);
	event->pid = id >> 32;
	event->status = BPF_CORE_READ(task, exit_code);
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	bpf_ringbuf_submit(event, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
