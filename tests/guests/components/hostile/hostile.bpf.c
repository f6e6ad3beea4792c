#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} numbers SEC(".maps");

SEC("syscall")
int look(void *context)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&numbers, &key) != 0;
}

char LICENSE[] SEC("license") = "GPL";
