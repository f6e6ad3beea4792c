// Reports files that are opened, and attempts that fail.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "opensnoop.h"

const volatile __u32 only_process = 0; /* 0: all */
const volatile bool only_failed = false;

struct call {
	const char *path; /* in the caller's memory */
	__s32 flags;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, __u32); /* thread */
	__type(value, struct call);
} calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

static __always_inline int enter(const char *path, __s32 flags)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 thread = id;
	struct call call = { .path = path, .flags = flags };

	if (!only_process || only_process == id >> 32)
		bpf_map_update_elem(&calls, &thread, &call, BPF_ANY);
	return 0;
}

/* The path is read at the end of the call: by then the kernel has brought its page in. */
static __always_inline int leave(long result)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 thread = id;
	struct call *call = bpf_map_lookup_elem(&calls, &thread);
	struct event *event;

	if (!call)
		return 0;
	if (only_failed && result >= 0)
		goto end;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		goto end;
	event->pid = id >> 32;
	event->uid = bpf_get_current_uid_gid();
	event->result = result;
	event->flags = call->flags;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	if (bpf_probe_read_user_str(event->path, sizeof(event->path), call->path) < 0)
		event->path[0] = 0;
	bpf_ringbuf_submit(event, 0);
end:
	bpf_map_delete_elem(&calls, &thread);
	return 0;
}

SEC("tracepoint/syscalls/sys_enter_openat")
int enter_openat(struct trace_event_raw_sys_enter *ctx)
{
	return enter((const char *)ctx->args[1], ctx->args[2]);
}

SEC("tracepoint/syscalls/sys_exit_openat")
int exit_openat(struct trace_event_raw_sys_exit *ctx)
{
	return leave(ctx->ret);
}

SEC("tracepoint/syscalls/sys_enter_openat2")
int enter_openat2(struct trace_event_raw_sys_enter *ctx)
{
	struct open_how how = {};

	bpf_probe_read_user(&how, sizeof(how), (const void *)ctx->args[2]);
	return enter((const char *)ctx->args[1], how.flags);
}

SEC("tracepoint/syscalls/sys_exit_openat2")
int exit_openat2(struct trace_event_raw_sys_exit *ctx)
{
	return leave(ctx->ret);
}

char LICENSE[] SEC("license") = "GPL";
