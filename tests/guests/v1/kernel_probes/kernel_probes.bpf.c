// SPDX-License-Identifier: GPL-2.0
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/* Runs of the programs, by the attachment's cookie. */
__u64 runs[16];
__u64 entries;

static int count(void *context)
{
	__u64 cookie = bpf_get_attach_cookie(context);

	if (cookie < 16)
		__sync_fetch_and_add(&runs[cookie], 1);
	return 0;
}

SEC("kprobe")
int on_function(struct pt_regs *context)
{
	return count(context);
}

SEC("kprobe.multi")
int on_functions(struct pt_regs *context)
{
	return count(context);
}

SEC("ksyscall")
int on_call(struct pt_regs *context)
{
	return count(context);
}

SEC("?kprobe.session")
int on_session(struct pt_regs *context)
{
	__sync_fetch_and_add(&entries, 1);
	return count(context);
}

SEC("fentry")
int BPF_PROG(on_entry)
{
	return count(ctx);
}

SEC("fexit/do_nanosleep")
int BPF_PROG(on_exit)
{
	return count(ctx);
}

SEC("fmod_ret/security_file_open")
int BPF_PROG(on_decision, struct file *file, int decision)
{
	count(ctx);
	return decision;
}

__u64 binds;

SEC("lsm_cgroup/socket_bind")
int BPF_PROG(on_bind, struct socket *sock, struct sockaddr *address, int size)
{
	__sync_fetch_and_add(&binds, 1);
	return 1; /* allowed */
}

SEC("lsm/file_open")
int BPF_PROG(on_open, struct file *file)
{
	count(ctx);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
