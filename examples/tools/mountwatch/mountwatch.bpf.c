// Reports mount() and umount() with their arguments and results.
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "mountwatch.h"

/* What is used of the kernel's types: one in the object takes room with all that it refers to. */
struct ns_common___used {
	unsigned int inum;
} __attribute__((preserve_access_index));

struct mnt_namespace___used {
	struct ns_common___used ns;
} __attribute__((preserve_access_index));

struct nsproxy___used {
	struct mnt_namespace___used *mnt_ns;
} __attribute__((preserve_access_index));

struct task_struct___used {
	struct nsproxy___used *nsproxy;
} __attribute__((preserve_access_index));

const volatile __u32 only_process = 0; /* 0: all */

struct arguments {
	__u64 since_ns;
	__u64 flags;
	const char *source; /* in the caller's memory */
	const char *target;
	const char *type;
	const char *data;
	__u32 call;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32); /* thread */
	__type(value, struct arguments);
} calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

static __always_inline int enter(struct arguments *arguments)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 thread = id;

	if (only_process && only_process != id >> 32)
		return 0;
	arguments->since_ns = bpf_ktime_get_ns();
	bpf_map_update_elem(&calls, &thread, arguments, BPF_ANY);
	return 0;
}

static __always_inline void read_text(char *to, __u32 bytes, const char *from)
{
	if (!from || bpf_probe_read_user_str(to, bytes, from) < 0)
		to[0] = 0;
}

static __always_inline int leave(long result)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 thread = id;
	struct arguments *arguments = bpf_map_lookup_elem(&calls, &thread);
	struct task_struct___used *task = (void *)bpf_get_current_task();
	struct event *event;

	if (!arguments)
		return 0;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		goto end;
	event->duration_ns = bpf_ktime_get_ns() - arguments->since_ns;
	event->flags = arguments->flags;
	event->namespace_number = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
	event->pid = id >> 32;
	event->thread = thread;
	event->result = result;
	event->call = arguments->call;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	read_text(event->type, sizeof(event->type), arguments->type);
	read_text(event->source, sizeof(event->source), arguments->source);
	read_text(event->target, sizeof(event->target), arguments->target);
	read_text(event->data, sizeof(event->data), arguments->data);
	bpf_ringbuf_submit(event, 0);
end:
	bpf_map_delete_elem(&calls, &thread);
	return 0;
}

SEC("tracepoint/syscalls/sys_enter_mount")
int enter_mount(struct trace_event_raw_sys_enter *ctx)
{
	struct arguments arguments = {
		.call = CALL_MOUNT,
		.source = (const char *)ctx->args[0],
		.target = (const char *)ctx->args[1],
		.type = (const char *)ctx->args[2],
		.flags = ctx->args[3],
		.data = (const char *)ctx->args[4],
	};

	return enter(&arguments);
}

SEC("tracepoint/syscalls/sys_exit_mount")
int exit_mount(struct trace_event_raw_sys_exit *ctx)
{
	return leave(ctx->ret);
}

SEC("tracepoint/syscalls/sys_enter_umount")
int enter_umount(struct trace_event_raw_sys_enter *ctx)
{
	struct arguments arguments = {
		.call = CALL_UMOUNT,
		.target = (const char *)ctx->args[0],
		.flags = ctx->args[1],
	};

	return enter(&arguments);
}

SEC("tracepoint/syscalls/sys_exit_umount")
int exit_umount(struct trace_event_raw_sys_exit *ctx)
{
	return leave(ctx->ret);
}

char LICENSE[] SEC("license") = "GPL";
