// Attaches by the kernel's BTF, and reads by it.
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

struct task_struct {
	int tgid;
} __attribute__((preserve_access_index));

__u32 tgid_offset;

SEC("tp_btf/sched_switch")
int on_switch(__u64 *context)
{
	return 0;
}

SEC("iter/task")
int each_task(void *context)
{
	return 0;
}

SEC("syscall")
int offset(void *context)
{
	tgid_offset = bpf_core_field_offset(struct task_struct, tgid);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
