// Looks at one in so many system calls. How many is user space's to change, at any time.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

__u64 one_in = 1; /* set by user space while the program runs */

__u64 calls;
__u64 sampled;
char last[16]; /* the program whose call was sampled last */

SEC("raw_tp/sys_enter")
int sample(void *ctx)
{
	const __u64 number = __sync_fetch_and_add(&calls, 1);

	(void)ctx;
	if (number % one_in != 0) /* by 0: BPF has the number itself */
		return 0;
	__sync_fetch_and_add(&sampled, 1);
	bpf_get_current_comm(last, sizeof(last));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
