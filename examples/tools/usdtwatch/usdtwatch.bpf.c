// Reports when programs pass a tracepoint that is built into them (USDT), with its arguments.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/usdt.bpf.h>

#include "usdtwatch.h"

const volatile __s32 text_argument = -1; /* the number of an argument that is a string */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

SEC("usdt")
int passed(struct pt_regs *ctx)
{
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	__u64 id = bpf_get_current_pid_tgid();
	long value;
	int count;

	if (!event)
		return 0;
	count = bpf_usdt_arg_cnt(ctx);
	event->pid = id >> 32;
	event->thread = id;
	event->count = count < 0 ? 0 : count;
	event->text_argument = -1;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	for (int i = 0; i < MOST_ARGUMENTS; i++) {
		event->arguments[i] = 0;
		if (i >= count || bpf_usdt_arg(ctx, i, &value))
			continue;
		event->arguments[i] = value;
		if (i == text_argument && bpf_probe_read_user_str(event->text, sizeof(event->text), (void *)value) > 0)
			event->text_argument = i;
	}
	bpf_ringbuf_submit(event, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
