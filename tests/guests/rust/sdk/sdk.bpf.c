// One of everything that the crate has functions for.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct record {
	__u64 number;
	__u32 size;
	__u32 cpu;
};

struct run {
	__u64 first;
	__u64 count;
	__u64 discard_every; /* 0: none */
};

struct count {
	__u64 seen;
	__u32 last;
	__u32 unused;
};

const volatile __u32 step = 1;
__u64 total = 0;
__u64 calls = 0;
__u64 wanted = 0; /* of the guest's process alone */
const struct run *const run_type __attribute__((unused));
const struct record *const record_type __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, 4);
	__uint(value_size, 4);
} samples SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} input SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct count);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
} per_cpu SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, __u64);
} shared SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 4);
	__uint(value_size, 4);
} queue SEC(".maps");

static long submit(__u32 index, void *context)
{
	const struct run *run = context;
	__u64 number = run->first + index;
	struct record *record = bpf_ringbuf_reserve(&events, sizeof(*record), 0);

	if (!record)
		return 1;
	record->number = number;
	record->size = sizeof(*record);
	record->cpu = bpf_get_smp_processor_id();
	if (run->discard_every && number % run->discard_every == 0) {
		bpf_ringbuf_discard(record, 0);
		return 0;
	}
	total += number * step;
	bpf_ringbuf_submit(record, 0);
	return 0;
}

SEC("syscall")
int produce(struct run *run)
{
	struct run own = *run;

	return bpf_loop(own.count, submit, &own, 0);
}

SEC("raw_tp")
int emit(struct bpf_raw_tracepoint_args *context)
{
	struct record record = { .number = context->args[0], .size = sizeof(record) };

	return bpf_perf_event_output(context, &samples, BPF_F_CURRENT_CPU, &record, sizeof(record));
}

static long take(struct bpf_dynptr *dynptr, void *context)
{
	__u64 *sum = context, number;

	if (bpf_dynptr_read(&number, sizeof(number), dynptr, 0, 0))
		return 1;
	*sum = *sum * 10 + number;
	return 0;
}

SEC("syscall")
int drain(__u64 *sum)
{
	__u64 own = 0;
	long records = bpf_user_ringbuf_drain(&input, take, &own, 0);

	*sum = own;
	return records;
}

SEC("raw_tp/sys_enter")
int BPF_PROG(on_call, struct pt_regs *registers, long call)
{
	if (bpf_get_current_pid_tgid() >> 32 == wanted)
		__sync_fetch_and_add(&calls, 1);
	return 0;
}

SEC("raw_tp/sys_enter")
int BPF_PROG(on_call_too, struct pt_regs *registers, long call)
{
	if (bpf_get_current_pid_tgid() >> 32 == wanted)
		__sync_fetch_and_add(&calls, 1000000);
	return 0;
}

SEC("cgroup_skb/egress")
int pass(struct __sk_buff *packet)
{
	return 1;
}

SEC("cgroup_skb/egress")
int pass_too(struct __sk_buff *packet)
{
	return 1;
}

SEC("xdp")
int drop_short(struct xdp_md *packet)
{
	return packet->data_end - packet->data < 20 ? XDP_DROP : XDP_PASS;
}

SEC("iter/bpf_map_elem")
int each_count(struct bpf_iter__bpf_map_elem *context)
{
	__u32 *key = context->key;

	if (key)
		BPF_SEQ_PRINTF(context->meta->seq, "%u\n", *key);
	return 0;
}

SEC("kprobe/no_such_function_of_any_kernel")
int nowhere(void *context)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
