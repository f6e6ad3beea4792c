// One of each kind of thing that a hostile guest can get hold of, and misuse.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} user SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, 4);
	__uint(value_size, 4);
} perf SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u64);
} table SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} shared SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} sockets SEC(".maps");

struct inner {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u64);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 4);
	__type(key, __u32);
	__array(values, struct inner);
} nested SEC(".maps");

const volatile __u32 setting = 3;
__u32 start = 5;
__u64 counter;

SEC("socket")
int filter(struct __sk_buff *packet)
{
	counter += setting + start;
	return 0;
}

SEC("xdp")
int pass(struct xdp_md *packet)
{
	return XDP_PASS;
}

struct request {
	__u32 count; /* of records */
	__u32 size;  /* of each */
};

static char text[256];

static long emit(void *map, __u32 size)
{
	return bpf_ringbuf_output(map, text, size & 255, 0);
}

// Fills the ring buffer: bytes that look like a header of a long record, wherever one looks.
SEC("syscall")
int produce(struct request *request)
{
	__builtin_memset(text, 0x3f, sizeof(text));
	for (__u32 i = 0; i < 64 && i < request->count; i++)
		emit(&ring, request->size);
	return 0;
}

static long take(struct bpf_dynptr *record, void *context)
{
	counter++;
	return 0;
}

// Takes what is in the user ring buffer.
SEC("syscall")
int drain(struct request *request)
{
	__u64 none = 0;

	return bpf_user_ringbuf_drain(&user, take, &none, 0);
}

struct bpf_map;
struct seq_file;
struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));
struct bpf_iter__bpf_map {
	struct bpf_iter_meta *meta;
	struct bpf_map *map;
} __attribute__((preserve_access_index));

SEC("iter/bpf_map")
int dump(struct bpf_iter__bpf_map *context)
{
	static const char line[] = "a map\n";

	if (context->map)
		bpf_seq_write(context->meta->seq, line, sizeof(line) - 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
