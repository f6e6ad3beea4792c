// Takes the verifier through many instructions, in a straight line.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define FOUR(x) x x x x
#define SIXTEEN(x) FOUR(FOUR(x))

__u64 total;

SEC("syscall")
int talkative(void *context)
{
	for (int i = 0; i < 5000; i++) {
		SIXTEEN(total ^= bpf_ktime_get_ns();)
	}
	return 0;
}

SEC("syscall")
int silent(void *context)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
