// Calls a helper that no kernel has.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

static long (*const from_the_future)(void) = (void *)100000;

SEC("syscall")
int calls_the_future(void *context)
{
	return from_the_future();
}

char LICENSE[] SEC("license") = "GPL";
