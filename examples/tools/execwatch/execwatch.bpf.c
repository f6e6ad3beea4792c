// Reports every execve() with its arguments and its result.
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "execwatch.h"

#define HEADER_BYTES __builtin_offsetof(struct event, text)

/* What is used of the kernel's task_struct: a type in the object takes room with all that it refers to. */
struct task_struct___used {
	int tgid;
	struct task_struct___used *real_parent;
} __attribute__((preserve_access_index));

const volatile bool with_failed = false;
const volatile __u32 only_uid = 0xffffffff; /* all */
const volatile __u32 most_arguments = MOST_ARGUMENTS;

static const struct event empty;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, __u32); /* thread */
	__type(value, struct event);
} calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} events SEC(".maps");

SEC("tracepoint/syscalls/sys_enter_execve")
int enter_execve(struct trace_event_raw_sys_enter *ctx)
{
	const char **arguments = (const char **)ctx->args[1], *argument = NULL;
	__u64 id = bpf_get_current_pid_tgid();
	__u32 thread = id, uid = bpf_get_current_uid_gid();
	struct task_struct___used *task;
	struct event *event;

	if (only_uid != 0xffffffff && only_uid != uid)
		return 0;
	if (bpf_map_update_elem(&calls, &thread, &empty, BPF_NOEXIST))
		return 0;
	event = bpf_map_lookup_elem(&calls, &thread);
	if (!event)
		return 0;
	task = (void *)bpf_get_current_task();
	event->pid = id >> 32;
	event->parent = BPF_CORE_READ(task, real_parent, tgid);
	event->uid = uid;

	for (__u32 i = 0; i <= MOST_ARGUMENTS; i++) {
		if (bpf_probe_read_user(&argument, sizeof(argument), &arguments[i]) || !argument)
			return 0;
		event->arguments++;
		if (i >= most_arguments || event->bytes > ARGUMENTS_BYTES - ARGUMENT_BYTES)
			return 0;
		long bytes = bpf_probe_read_user_str(&event->text[event->bytes], ARGUMENT_BYTES, argument);
		if (bytes < 0 || bytes > ARGUMENT_BYTES)
			return 0;
		event->bytes += bytes;
	}
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_execve")
int exit_execve(struct trace_event_raw_sys_exit *ctx)
{
	__u32 thread = bpf_get_current_pid_tgid();
	struct event *event = bpf_map_lookup_elem(&calls, &thread);

	if (!event)
		return 0;
	if (ctx->ret == 0 || with_failed) {
		__u64 size = HEADER_BYTES + event->bytes;

		event->result = ctx->ret;
		bpf_get_current_comm(event->comm, sizeof(event->comm));
		if (size <= sizeof(*event))
			bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, event, size);
	}
	bpf_map_delete_elem(&calls, &thread);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
