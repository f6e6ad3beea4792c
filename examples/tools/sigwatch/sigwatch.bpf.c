// Reports signals as they are generated.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "sigwatch.h"

const volatile __u32 only_process = 0; /* sender or target; 0: all */
const volatile __s32 only_signal = 0;  /* 0: all */
const volatile bool only_by_calls = false;

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} events SEC(".maps");

SEC("tracepoint/signal/signal_generate")
int signal_generated(struct trace_event_raw_signal_generate *ctx)
{
	struct event event = {
		.sender = bpf_get_current_pid_tgid() >> 32,
		.target = ctx->pid,
		.signal = ctx->sig,
		.code = ctx->code,
		.result = ctx->result,
	};

	if (only_process && only_process != event.sender && only_process != event.target)
		return 0;
	if ((only_signal && only_signal != event.signal) || (only_by_calls && event.code > 0))
		return 0;
	bpf_get_current_comm(event.sender_comm, sizeof(event.sender_comm));
	bpf_probe_read_kernel_str(event.target_comm, sizeof(event.target_comm), ctx->comm);
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &event, sizeof(event));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
