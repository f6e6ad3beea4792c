//go:build ignore

// Denies, or only reports, the opening of files of one name, wherever they lie.
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define EPERM 1
#define COMM_BYTES 16
#define NAME_BYTES 64

struct event {
	__u32 pid;
	__u32 uid;
	bool denied;
	char comm[COMM_BYTES];
	char name[NAME_BYTES];
};
const struct event *unused_event __attribute__((unused)); /* makes the skeleton have the type */

const volatile char guarded_name[NAME_BYTES] = "";
const volatile bool only_report = false;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} events SEC(".maps");

static __always_inline bool is_guarded(const char *name)
{
	for (int i = 0; i < NAME_BYTES; i++) {
		if (name[i] != guarded_name[i])
			return false;
		if (!name[i])
			return true;
	}
	return false;
}

SEC("lsm/file_open")
int BPF_PROG(guard_file, struct file *file, int before)
{
	const unsigned char *kernel_name = BPF_CORE_READ(file, f_path.dentry, d_name.name);
	char name[NAME_BYTES] = {};

	if (before) /* another program has refused it */
		return before;
	if (bpf_probe_read_kernel_str(name, sizeof(name), kernel_name) < 0 || !is_guarded(name))
		return 0;

	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (event) {
		event->pid = bpf_get_current_pid_tgid() >> 32;
		event->uid = bpf_get_current_uid_gid();
		event->denied = !only_report;
		bpf_get_current_comm(event->comm, sizeof(event->comm));
		__builtin_memcpy(event->name, name, sizeof(event->name));
		bpf_ringbuf_submit(event, 0);
	}
	if (only_report)
		return 0;
	barrier(); /* keeps two returns: computed as one, the verifier of 6.12 does not see it to be in [-4095, 0] */
	return -EPERM;
}

char LICENSE[] SEC("license") = "GPL";
