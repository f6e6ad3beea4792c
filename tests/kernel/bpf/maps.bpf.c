// Maps of several kinds, and global data.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct triple {
	__u32 a, b, c;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u64);
} table SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct triple);
} per_cpu SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1000);
	__type(key, __u32);
	__type(value, struct triple);
} shared SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 4);
	__type(value, __u32);
} queue SEC(".maps");

const volatile __u32 limit = 7;
__u32 total = 5;

SEC("syscall")
int add_limit(void *context)
{
	total += limit;
	return total;
}

char LICENSE[] SEC("license") = "GPL";
