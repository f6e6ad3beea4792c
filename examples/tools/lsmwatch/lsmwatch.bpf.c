// Reports, and on demand denies, what processes do that matters to security.
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "lsmwatch.h"

#define EPERM 1

/* What is used of the kernel's types: one in the object takes room with all that it refers to. */
struct linux_binprm___used {
	const char *filename;
} __attribute__((preserve_access_index));

struct qstr___used {
	const unsigned char *name;
} __attribute__((preserve_access_index));

struct dentry___used {
	struct qstr___used d_name;
} __attribute__((preserve_access_index));

struct task_struct___used {
	char comm[COMM_BYTES];
} __attribute__((preserve_access_index));

const volatile __u32 denied_kinds = 0; /* a bit for each kind */
const volatile char only_comm[COMM_BYTES] = ""; /* empty: every program */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

/* The result of the hook: that of the programs before this one, where this one does not deny. */
static __always_inline int report(enum kind kind, const void *text, int result)
{
	bool denied = denied_kinds >> kind & 1;
	char comm[COMM_BYTES] = "";
	struct event *event;

	bpf_get_current_comm(comm, sizeof(comm));
	if (result || (only_comm[0] && bpf_strncmp(comm, sizeof(comm), (const char *)only_comm)))
		return result;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (event) {
		event->pid = bpf_get_current_pid_tgid() >> 32;
		event->uid = bpf_get_current_uid_gid();
		event->kind = kind;
		event->denied = denied;
		__builtin_memcpy(event->comm, comm, sizeof(event->comm));
		if (bpf_probe_read_kernel_str(event->text, sizeof(event->text), text) < 0)
			event->text[0] = 0;
		bpf_ringbuf_submit(event, 0);
	}
	if (!denied)
		return 0;
	asm volatile(""); /* keeps the branch: of arithmetic in its place the verifier does not know the range */
	return -EPERM;
}

SEC("lsm/bprm_check_security")
int BPF_PROG(watch_exec, struct linux_binprm___used *program, int result)
{
	return report(KIND_EXEC, program->filename, result);
}

SEC("lsm/inode_unlink")
int BPF_PROG(watch_delete, void *folder, struct dentry___used *file, int result)
{
	return report(KIND_DELETE, file->d_name.name, result);
}

SEC("lsm/ptrace_access_check")
int BPF_PROG(watch_trace, struct task_struct___used *target, unsigned int mode, int result)
{
	return report(KIND_TRACE, target->comm, result);
}

SEC("lsm/sb_mount")
int BPF_PROG(watch_mount, const char *device, const void *path, const char *type, unsigned long flags, void *data,
	     int result)
{
	return report(KIND_MOUNT, type, result);
}

char LICENSE[] SEC("license") = "GPL";
