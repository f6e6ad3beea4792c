// Memory that user space reads in place: an array and a global variable.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 512);
	__type(key, __u32);
	__type(value, __u64);
} numbers SEC(".maps");

__u64 number;

SEC("syscall")
int fill(void *ctx)
{
	(void)ctx;
	number = 7;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
