// SPDX-License-Identifier: GPL-2.0
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/* Runs of the programs, by the attachment's cookie. */
__u64 runs[8];
__u64 btf_runs;

/* Older kernels have no cookies of raw tracepoints, and no helper to get them there. */
const volatile bool raw_cookies = true;

static int count(void *context, bool has_cookie)
{
	__u64 cookie = has_cookie ? bpf_get_attach_cookie(context) : 0;

	if (cookie < 8)
		__sync_fetch_and_add(&runs[cookie], 1);
	return 0;
}

SEC("tp")
int on_tracepoint(void *context)
{
	return count(context, true);
}

SEC("raw_tp")
int on_raw_tracepoint(struct bpf_raw_tracepoint_args *context)
{
	return count(context, raw_cookies);
}

SEC("?tp_btf/sys_enter")
int BPF_PROG(on_btf_tracepoint, struct pt_regs *regs, long id)
{
	__sync_fetch_and_add(&btf_runs, 1);
	return count(ctx, raw_cookies);
}

char LICENSE[] SEC("license") = "GPL";
