// SPDX-License-Identifier: GPL-2.0
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/usdt.bpf.h>

/* Runs of the programs, by the attachment's cookie. */
__u64 runs[16];
__u64 usdt_runs, usdt_cookie_seen, usdt_argument;

static int count(void *context)
{
	__u64 cookie = bpf_get_attach_cookie(context);

	if (cookie < 16)
		__sync_fetch_and_add(&runs[cookie], 1);
	return 0;
}

SEC("uprobe")
int on_function(struct pt_regs *context)
{
	return count(context);
}

SEC("uprobe.multi")
int on_functions(struct pt_regs *context)
{
	return count(context);
}

__u64 session_entries, session_returns;

extern bool bpf_session_is_return(void) __ksym __weak;

SEC("?uprobe.session")
int on_session(struct pt_regs *context)
{
	if (!bpf_ksym_exists(bpf_session_is_return))
		return 1;
	__sync_fetch_and_add(bpf_session_is_return() ? &session_returns : &session_entries, 1);
	return 0; /* the return is of interest, too */
}

SEC("usdt")
int on_probe(struct pt_regs *context)
{
	long argument = 0;

	bpf_usdt_arg(context, 0, &argument);
	usdt_argument = argument;
	usdt_cookie_seen = bpf_usdt_cookie(context);
	__sync_fetch_and_add(&usdt_runs, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
