// Two ring buffers and a perf buffer, filled by test runs: the context is { count, first }.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} first SEC(".maps"), second SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} user SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, 4);
	__uint(value_size, 4);
} perf SEC(".maps");

// Each `emit` runs with arguments as a raw tracepoint's.
#define for_each_number(number) \
	for (__u64 number = context->args[1], i = 0; i < 1000 && i < context->args[0]; i++, number++)

SEC("raw_tp")
int emit_first(struct bpf_raw_tracepoint_args *context)
{
	for_each_number(number)
		bpf_ringbuf_output(&first, &number, sizeof(number), 0);
	return 0;
}

SEC("raw_tp")
int emit_second(struct bpf_raw_tracepoint_args *context)
{
	for_each_number(number)
		bpf_ringbuf_output(&second, &number, sizeof(number), 0);
	return 0;
}

SEC("raw_tp")
int emit_perf(struct bpf_raw_tracepoint_args *context)
{
	for_each_number(number)
		bpf_perf_event_output(context, &perf, BPF_F_CURRENT_CPU, &number, sizeof(number));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
