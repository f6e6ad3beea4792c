// Reports every call of execve() with its arguments.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "execve.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

SEC("tracepoint/syscalls/sys_enter_execve")
int enter_execve(struct trace_event_raw_sys_enter *ctx)
{
	const char *const *arguments = (const char *const *)ctx->args[1];
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return 0;
	event->pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(event->comm, sizeof(event->comm));

	__u32 used = 0, count = 0;
	const char *argument = NULL;
	for (; count < MAX_ARGUMENTS; count++) {
		if (bpf_probe_read_user(&argument, sizeof(argument), &arguments[count]) || !argument)
			break;
		if (used > sizeof(event->command_line) - ARGUMENT_BYTES)
			break;
		long bytes = bpf_probe_read_user_str(&event->command_line[used], ARGUMENT_BYTES, argument);
		if (bytes < 0)
			break;
		used += bytes;
	}
	event->argument_count = count;
	event->more_arguments = count == MAX_ARGUMENTS &&
				!bpf_probe_read_user(&argument, sizeof(argument), &arguments[count]) && argument;
	event->command_bytes = used;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
