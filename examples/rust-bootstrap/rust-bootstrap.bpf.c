// Reports every program that starts and every process that ends.
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "rust-bootstrap.h"

/* The part of the kernel's task_struct that is used. The name before ___ and the members' names are what counts when the
 * object is loaded; the whole of it, with all that it refers to, would be 29 KB of types in the object. */
struct task_struct___used {
	int tgid;
	int exit_code;
	struct task_struct___used *real_parent;
} __attribute__((preserve_access_index));

const volatile __u64 min_duration_ns = 0; /* more than 0: processes that lived that long, at their end alone */
/* Has the skeleton declare the type of the records, which no map or variable holds. */
const struct event *const event_type __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, __u32);   /* process */
	__type(value, __u64); /* its start, ns */
} started SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

static __always_inline void describe(struct event *event, __u32 pid)
{
	struct task_struct___used *task = (void *)bpf_get_current_task();

	event->pid = pid;
	event->parent = BPF_CORE_READ(task, real_parent, tgid);
	event->exit_code = BPF_CORE_READ(task, exit_code) >> 8 & 0xff;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
}

SEC("tp/sched/sched_process_exec")
int handle_exec(struct trace_event_raw_sched_process_exec *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	__u64 now = bpf_ktime_get_ns();

	bpf_map_update_elem(&started, &pid, &now, BPF_ANY);
	if (min_duration_ns)
		return 0;

	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return 0;
	describe(event, pid);
	event->exited = 0;
	event->duration_ns = 0;
	__u32 offset = ctx->__data_loc_filename & 0xffff;
	bpf_probe_read_kernel_str(event->filename, sizeof(event->filename), (void *)ctx + offset);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("tp/sched/sched_process_exit")
int handle_exit(void *ctx)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 pid = id >> 32;

	if (pid != (__u32)id) /* a thread, not the process */
		return 0;

	__u64 *start = bpf_map_lookup_elem(&started, &pid);
	__u64 duration = start ? bpf_ktime_get_ns() - *start : 0;
	bpf_map_delete_elem(&started, &pid);
	if (min_duration_ns && (!start || duration < min_duration_ns))
		return 0;

	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return 0;
	describe(event, pid);
	event->exited = 1;
	event->duration_ns = duration;
	event->filename[0] = 0;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
