// SPDX-License-Identifier: GPL-2.0
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/* Runs of the programs, by the attachment's cookie. */
__u64 runs[8];
__u64 btf_runs;

static int count(void *context)
{
	__u64 cookie = bpf_get_attach_cookie(context);

	if (cookie < 8)
		__sync_fetch_and_add(&runs[cookie], 1);
	return 0;
}

SEC("tp")
int on_tracepoint(void *context)
{
	return count(context);
}

SEC("raw_tp")
int on_raw_tracepoint(struct bpf_raw_tracepoint_args *context)
{
	return count(context);
}

SEC("?tp_btf/sys_enter")
int BPF_PROG(on_btf_tracepoint, struct pt_regs *regs, long id)
{
	__sync_fetch_and_add(&btf_runs, 1);
	return count(ctx);
}

char LICENSE[] SEC("license") = "GPL";
