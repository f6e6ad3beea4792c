//go:build ignore

// Reports every call of execve() with its arguments.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define COMM_BYTES 16
#define MAX_ARGUMENTS 20
#define ARGUMENT_BYTES 128

struct event {
	__u32 pid;
	__u32 argument_count; /* at most MAX_ARGUMENTS */
	__u32 command_bytes;  /* used of command_line */
	bool more_arguments;
	char comm[COMM_BYTES]; /* of the caller */
	char command_line[MAX_ARGUMENTS * ARGUMENT_BYTES]; /* the arguments, each terminated */
};
const struct event *unused_event __attribute__((unused)); /* makes the skeleton have the type */

const volatile __u32 only_uid = -1; /* -1: everybody */
__u64 dropped;                      /* calls that the ring had no room for */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

static __always_inline void add_arguments(struct event *event, const char *const *arguments)
{
	const char *argument = NULL;
	__u32 used = 0, count = 0;

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
	event->command_bytes = used;
	event->more_arguments = count == MAX_ARGUMENTS &&
				!bpf_probe_read_user(&argument, sizeof(argument), &arguments[count]) && argument;
}

SEC("tracepoint/syscalls/sys_enter_execve")
int enter_execve(struct trace_event_raw_sys_enter *ctx)
{
	if (only_uid != (__u32)-1 && only_uid != (__u32)bpf_get_current_uid_gid())
		return 0;
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		__sync_fetch_and_add(&dropped, 1);
		return 0;
	}
	event->pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	add_arguments(event, (const char *const *)ctx->args[1]);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
