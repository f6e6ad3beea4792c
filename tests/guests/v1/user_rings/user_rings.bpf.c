// SPDX-License-Identifier: GPL-2.0
// Takes what the guest puts into a user ring buffer.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "user_rings.h"

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} input SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} output SEC(".maps");

static long take(struct bpf_dynptr *record, void *context)
{
	struct drained *drained = context;
	__u64 number;

	if (bpf_dynptr_read(&number, sizeof(number), record, 0, 0))
		return 1;
	drained->records++;
	drained->sum += number;
	if (number != drained->next)
		drained->out_of_order++;
	drained->next = number + 1;
	bpf_ringbuf_output(&output, &number, sizeof(number), 0);
	return 0;
}

SEC("syscall")
int drain(struct drained *context)
{
	struct drained drained = { .next = context->next };
	long records = bpf_user_ringbuf_drain(&input, take, &drained, 0);

	*context = drained;
	return records;
}

// For a guest that waits: each getpgid() of the process drains.
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} drainer SEC(".maps");

SEC("tracepoint/syscalls/sys_enter_getpgid")
int called(void *context)
{
	__u32 zero = 0, *pid = bpf_map_lookup_elem(&drainer, &zero);
	struct drained drained = { 0 };

	(void)context;
	if (pid && bpf_get_current_pid_tgid() >> 32 == *pid)
		bpf_user_ringbuf_drain(&input, take, &drained, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
