// Denies the start of programs of one name, wherever they lie, and reports who tried.
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "newtool.h"

#define EPERM 1

const volatile char denied_name[NAME_BYTES] = "";
/* For skeletons in languages that cannot include newtool.h: the type that the records have. */
const struct event *const event_type __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} events SEC(".maps");

static __always_inline bool is_denied(const char *name)
{
	for (int i = 0; i < NAME_BYTES; i++) {
		if (name[i] != denied_name[i])
			return false;
		if (!name[i])
			return true;
	}
	return false;
}

SEC("lsm/bprm_check_security")
int BPF_PROG(check_program, struct linux_binprm *program, int before)
{
	const unsigned char *kernel_name = BPF_CORE_READ(program, file, f_path.dentry, d_name.name);
	char name[NAME_BYTES] = {};

	if (before) /* another program has refused it */
		return before;
	if (bpf_probe_read_kernel_str(name, sizeof(name), kernel_name) < 0 || !is_denied(name))
		return 0;
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (event) {
		event->pid = bpf_get_current_pid_tgid() >> 32;
		event->uid = bpf_get_current_uid_gid();
		bpf_get_current_comm(event->comm, sizeof(event->comm));
		__builtin_memcpy(event->program, name, sizeof(event->program));
		bpf_ringbuf_submit(event, 0);
	}
	return -EPERM;
}

char LICENSE[] SEC("license") = "GPL";
