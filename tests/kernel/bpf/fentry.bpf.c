// A program that the kernel must patch its text for.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("fentry/do_nanosleep")
int on_sleep(void *context)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
