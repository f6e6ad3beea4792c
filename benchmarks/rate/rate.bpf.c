// Reports every getpgid() of one process.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "rate.h"

const volatile __u32 producer = 0;
__u64 lost = 0; /* calls for which the ring had no room */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 * 1024 * 1024);
} events SEC(".maps");

SEC("tp/syscalls/sys_enter_getpgid")
int report_call(void *ctx)
{
	static __u64 next_number;

	(void)ctx;
	if (bpf_get_current_pid_tgid() >> 32 != producer)
		return 0;

	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		lost++;
		return 0;
	}
	event->number = next_number++;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
