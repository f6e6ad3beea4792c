// On each getpgid() of one process, writes a batch of numbered records into the buffers that it is told.
#include <asm/unistd.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define MAX_SIZE 1024

struct config {
	__u32 pid;
	__u32 records;  // a batch
	__u32 size;     // of a record
};

struct record {
	__u64 number;
	char rest[MAX_SIZE - 8];
} record;

__u64 next_number = 100;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct config);
} config SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} batches SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} first SEC(".maps"), second SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, 4);
	__uint(value_size, 4);
} samples SEC(".maps");

SEC("raw_tp/sys_enter")
int produce(struct bpf_raw_tracepoint_args *context)
{
	__u32 zero = 0;
	const struct config *wanted = bpf_map_lookup_elem(&config, &zero);
	__u64 *done = bpf_map_lookup_elem(&batches, &zero);
	if (context->args[1] != __NR_getpgid || !wanted || !done || bpf_get_current_pid_tgid() >> 32 != wanted->pid)
		return 0;
	__u32 size = wanted->size;
	if (size < sizeof(record.number) || size > MAX_SIZE)
		return 0;
	for (__u32 i = 0; i < 64 && i < wanted->records; i++) {
		__u64 number = next_number++;
		record.number = number;
		bpf_ringbuf_output(&first, &record, size, 0);
		bpf_perf_event_output(context, &samples, BPF_F_CURRENT_CPU, &record, size);
		record.number = number + 1000;
		bpf_ringbuf_output(&second, &record, size, 0);
	}
	__sync_fetch_and_add(done, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
