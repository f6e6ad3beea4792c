// A program that is relocated against the kernel's BTF.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct task_struct {
	int tgid;
} __attribute__((preserve_access_index));

SEC("raw_tp/sys_enter")
int offset_of_tgid(void *context)
{
	struct task_struct *task = 0;
	return (long)__builtin_preserve_access_index(&task->tgid);
}

char LICENSE[] SEC("license") = "GPL";
