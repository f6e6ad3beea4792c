#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("socket")
int nothing(void *context)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
