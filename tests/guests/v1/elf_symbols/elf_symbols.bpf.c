#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("socket")
int filter(void *packet)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
