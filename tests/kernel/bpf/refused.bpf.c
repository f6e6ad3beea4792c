// The verifier refuses it: an access behind a map's value.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} small SEC(".maps");

SEC("syscall")
int reads_behind(void *context)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&small, &key);
	return value ? value[100] : 0;
}

char LICENSE[] SEC("license") = "GPL";
