// Writes a record for each thread of the system, with its stack in the kernel.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "taskstacks.h"

#define PF_KTHREAD 0x00200000

/* What is used of the kernel's types: one in the object takes room with all that it refers to. */
struct task_struct___used {
	unsigned int __state;
	unsigned int flags;
	int pid;
	int tgid;
	struct task_struct___used *real_parent;
	char comm[COMM_BYTES];
} __attribute__((preserve_access_index));

const volatile __u32 only_process = 0; /* 0: all */
const volatile __u32 only_states = 0;  /* bits of states; 0: all */
const volatile bool with_kernel_threads = false;

static struct task record; /* one iterator runs at a time, and the stack of programs is too small for it */

SEC("iter/task")
int write_task(struct bpf_iter__task *ctx)
{
	struct seq_file *file = ctx->meta->seq;
	struct task_struct *current = ctx->task;
	struct task_struct___used *task = (void *)current;
	long bytes;

	if (!current)
		return 0;
	if ((only_process && only_process != task->tgid) || (only_states && !(task->__state & only_states)) ||
	    (!with_kernel_threads && task->flags & PF_KTHREAD))
		return 0;
	record.pid = task->tgid;
	record.thread = task->pid;
	record.parent = task->real_parent->tgid;
	record.state = task->__state;
	record.kernel_thread = !!(task->flags & PF_KTHREAD);
	bpf_probe_read_kernel_str(record.comm, sizeof(record.comm), task->comm);
	bytes = bpf_get_task_stack(current, record.stack, sizeof(record.stack), 0);
	record.frames = bytes > 0 ? bytes / sizeof(record.stack[0]) : 0;
	bpf_seq_write(file, &record, sizeof(record));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
