// Reports processes that end, and counts them by exit code.
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "exitsnoop.h"

/* The part of the kernel's task_struct that is used. */
struct task_struct___used {
	int exit_code;
	__u64 start_time;
} __attribute__((preserve_access_index));

const volatile bool failures_only = false;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} endings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);   /* exit code */
	__type(value, __u64); /* processes */
} counts SEC(".maps");

SEC("tp/sched/sched_process_exit")
int on_exit(void *ctx)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct task_struct___used *task = (void *)bpf_get_current_task();
	__u64 one = 1;

	if (id >> 32 != (__u32)id)
		return 0; /* a thread */
	int status = BPF_CORE_READ(task, exit_code);
	__u32 code = status >> 8 & 0xff;
	__u64 *count = bpf_map_lookup_elem(&counts, &code);

	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&counts, &code, &one, BPF_NOEXIST);
	if (failures_only && status == 0)
		return 0;

	struct ending *ending = bpf_ringbuf_reserve(&endings, sizeof(*ending), 0);
	if (!ending)
		return 0;
	ending->lifetime_ns = bpf_ktime_get_ns() - BPF_CORE_READ(task, start_time);
	ending->process = id >> 32;
	ending->code = code;
	ending->signal = status & 0x7f;
	bpf_get_current_comm(ending->comm, sizeof(ending->comm));
	bpf_ringbuf_submit(ending, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
