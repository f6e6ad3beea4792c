// Maps alone.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct triple {
	__u32 a, b, c;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} table SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct triple);
} per_cpu SEC(".maps");

char LICENSE[] SEC("license") = "GPL";
