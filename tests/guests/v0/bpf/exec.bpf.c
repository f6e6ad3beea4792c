// Every exec: who, and what.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct linux_binprm {
	const char *filename;
} __attribute__((preserve_access_index));

struct event {
	__u32 pid;
	char command[16];
	char filename[128];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

SEC("raw_tp/sched_process_exec")
int on_exec(struct bpf_raw_tracepoint_args *context)
{
	const struct linux_binprm *binary = (void *)context->args[2];
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	const char *filename;
	if (!event)
		return 0;
	bpf_probe_read_kernel(&filename, sizeof(filename), &binary->filename);
	event->pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(event->command, sizeof(event->command));
	bpf_probe_read_kernel_str(event->filename, sizeof(event->filename), filename);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
