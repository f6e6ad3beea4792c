// What metrics are read from.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct key {
	__u8 address[4];
};

struct count {
	__u64 seen;
	__u32 last;
	__u32 padding;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, struct key);
	__type(value, struct count);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} slots SEC(".maps");
