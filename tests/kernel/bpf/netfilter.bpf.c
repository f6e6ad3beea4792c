// Needs Linux 6.4: an object of its own.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u64 runs;

SEC("netfilter")
int drop(void *context)
{
	__sync_fetch_and_add(&runs, 1);
	return 0; // NF_DROP
}

char LICENSE[] SEC("license") = "GPL";
