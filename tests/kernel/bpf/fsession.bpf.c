// A program around a kernel function: newer than most kernels.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("fsession/do_nanosleep")
int around_sleep(void *context)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
