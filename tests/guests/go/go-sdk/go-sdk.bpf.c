//go:build ignore

// What the SDK's own test works with.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct pair {
	__u32 a;
	__u64 b;
};

struct odd {
	__u8 bytes[12];
};

struct record {
	__u64 number;
	union {
		__u32 words[2];
		__u64 whole;
	};
	__u32 flag : 1;
	__s32 small : 7;
	__u32 big : 24;
	struct {
		__u16 x;
		__u16 y;
	} point;
};
const struct record *unused_record __attribute__((unused));

enum state { IDLE, BUSY = 7 };

const volatile __u32 limit = 10;
__u64 counter = 5;
enum state state = IDLE;
struct pair last;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, struct pair);
} hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct odd);
} per_cpu SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 8);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, __u64);
} array SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 4);
	__type(value, __u32);
} queue SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} perf SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} programs SEC(".maps");

/* Two records and one that is discarded between them. */
SEC("syscall")
int fill(void *context)
{
	for (int i = 0; i < 3; i++) {
		struct record *record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);
		if (!record)
			return i;
		__builtin_memset(record, 0, sizeof(*record));
		record->number = counter++;
		record->words[1] = 2;
		record->flag = 1;
		record->small = -3;
		record->big = 0xabcdef;
		record->point.y = 9;
		if (i == 1)
			bpf_ringbuf_discard(record, 0);
		else
			bpf_ringbuf_submit(record, 0);
	}
	state = BUSY;
	last.a = limit;
	last.b = counter;
	return 3;
}

struct argument {
	__u64 given;
	__u64 doubled;
};
const struct argument *unused_argument __attribute__((unused));

SEC("syscall")
int twice(struct argument *argument)
{
	argument->doubled = 2 * argument->given;
	return 0;
}

SEC("xdp")
int put_out(struct xdp_md *ctx)
{
	__u64 number = counter++;

	bpf_perf_event_output(ctx, &perf, BPF_F_CURRENT_CPU, &number, sizeof(number));
	return XDP_PASS;
}

/* As above, on the CPU that the caller names. */
SEC("raw_tracepoint/sys_exit")
int put_out_there(void *ctx)
{
	__u64 number = counter++;

	bpf_perf_event_output(ctx, &perf, BPF_F_CURRENT_CPU, &number, sizeof(number));
	return 0;
}

SEC("xdp")
int jump(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &programs, 0);
	return XDP_DROP;
}

SEC("raw_tracepoint/sys_enter")
int on_call(void *ctx)
{
	return 0;
}

SEC("tcx/ingress")
int on_packet(struct __sk_buff *packet)
{
	return TCX_NEXT;
}

SEC("tc")
int filter(struct __sk_buff *packet)
{
	packet->mark *= 2;
	return -1; /* as if it were not there */
}

SEC("cgroup_skb/egress")
int on_egress(struct __sk_buff *packet)
{
	return 1;
}

SEC("socket")
int on_socket(struct __sk_buff *packet)
{
	return 0;
}

__u64 samples, switches;

SEC("perf_event")
int on_sample(void *ctx)
{
	__sync_fetch_and_add(&samples, 1);
	return 0;
}

SEC("tp_btf/sched_switch")
int on_switch(void *ctx)
{
	__sync_fetch_and_add(&switches, 1);
	return 0;
}

SEC("uprobe")
int on_function(void *ctx)
{
	return 0;
}

/* What of the kernel's types an iterator takes. */
struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
} __attribute__((preserve_access_index));

SEC("iter/task")
int walk(struct bpf_iter__task *ctx)
{
	if (ctx->task)
		bpf_seq_write(ctx->meta->seq, "task", 4);
	return 0;
}

SEC("?xdp")
int refused(struct xdp_md *ctx)
{
	return *(volatile int *)(long)ctx->data; /* without looking at data_end */
}

char LICENSE[] SEC("license") = "GPL";
