/* libbpf's low-level way to make links. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>

#include "attach_options.h"

static int made(const struct bpf_link *link)
{
	return link ? wasm_bpf__link_handle(link) : -errno;
}

static int create_probes(const struct bpf_program *program, enum bpf_attach_type type,
			 const struct bpf_link_create_opts *opts)
{
	if (type == BPF_TRACE_KPROBE_MULTI || type == BPF_TRACE_KPROBE_SESSION) {
		LIBBPF_OPTS(bpf_kprobe_multi_opts, probes, .syms = (const char **)opts->kprobe_multi.syms,
			    .addrs = opts->kprobe_multi.addrs, .cookies = opts->kprobe_multi.cookies,
			    .cnt = opts->kprobe_multi.cnt,
			    .retprobe = opts->kprobe_multi.flags & BPF_F_KPROBE_MULTI_RETURN,
			    .session = type == BPF_TRACE_KPROBE_SESSION);
		return made(bpf_program__attach_kprobe_multi_opts(program, NULL, &probes));
	}
	LIBBPF_OPTS(bpf_uprobe_multi_opts, probes, .offsets = opts->uprobe_multi.offsets,
		    .ref_ctr_offsets = opts->uprobe_multi.ref_ctr_offsets, .cookies = opts->uprobe_multi.cookies,
		    .cnt = opts->uprobe_multi.cnt, .retprobe = opts->uprobe_multi.flags & BPF_F_UPROBE_MULTI_RETURN,
		    .session = type == BPF_TRACE_UPROBE_SESSION);
	/* every process: 0 for the kernel, -1 for libbpf */
	const pid_t pid = opts->uprobe_multi.pid ? (pid_t)opts->uprobe_multi.pid : -1;
	return made(bpf_program__attach_uprobe_multi(program, pid, opts->uprobe_multi.path, NULL, &probes));
}

/* cgroup, tcx and netkit have the same members in the union. */
static int create_placed(int prog_fd, int target_fd, enum bpf_attach_type type,
			 const struct bpf_link_create_opts *opts)
{
	struct wasm_bpf_attach_options options = { .size = sizeof(options) };

	wasm_bpf__attach_by_type(&options, target_fd, type);
	options.flags = opts->flags;
	if (options.kind == WASM_BPF_ATTACH_CGROUP || options.kind == WASM_BPF_ATTACH_TCX ||
	    options.kind == WASM_BPF_ATTACH_NETKIT) {
		options.relative = (wasm_bpf_handle)opts->tcx.relative_fd;
		options.relative_id = opts->tcx.relative_id;
		options.expected_revision = opts->tcx.expected_revision;
	}
	return wasm_bpf__result(wasm_bpf_program_attach(prog_fd, &options));
}

int bpf_link_create(int prog_fd, int target_fd, enum bpf_attach_type attach_type,
		    const struct bpf_link_create_opts *opts)
{
	const struct bpf_program *program = (const struct bpf_program *)(uintptr_t)prog_fd;
	LIBBPF_OPTS(bpf_link_create_opts, none);

	if (!opts)
		opts = &none;
	if (opts->target_btf_id)
		return wasm_bpf__unsupported("bpf_link_create: guests name a target by bpf_program__set_attach_target() "
					     "or bpf_program__attach_freplace(), not by target_btf_id");
	switch (attach_type) {
	case BPF_TRACE_ITER: {
		LIBBPF_OPTS(bpf_iter_attach_opts, iterator, .link_info = opts->iter_info,
			    .link_info_len = opts->iter_info_len);
		return made(bpf_program__attach_iter(program, &iterator));
	}
	case BPF_PERF_EVENT: {
		LIBBPF_OPTS(bpf_perf_event_opts, event, .bpf_cookie = opts->perf_event.bpf_cookie, .dont_enable = true);
		return made(bpf_program__attach_perf_event_opts(program, target_fd, &event));
	}
	case BPF_TRACE_RAW_TP:
	case BPF_TRACE_FENTRY:
	case BPF_TRACE_FEXIT:
	case BPF_MODIFY_RETURN:
	case BPF_TRACE_FSESSION:
	case BPF_LSM_MAC: {
		LIBBPF_OPTS(bpf_trace_opts, trace, .cookie = opts->tracing.cookie);
		return made(bpf_program__attach_trace_opts(program, &trace));
	}
	case BPF_NETFILTER: {
		LIBBPF_OPTS(bpf_netfilter_opts, hook, .pf = opts->netfilter.pf, .hooknum = opts->netfilter.hooknum,
			    .priority = opts->netfilter.priority, .flags = opts->netfilter.flags);
		return made(bpf_program__attach_netfilter(program, &hook));
	}
	case BPF_STRUCT_OPS:
		return wasm_bpf__result(wasm_bpf_map_attach(prog_fd, NULL));
	case BPF_TRACE_KPROBE_MULTI:
	case BPF_TRACE_KPROBE_SESSION:
	case BPF_TRACE_UPROBE_MULTI:
	case BPF_TRACE_UPROBE_SESSION:
		return create_probes(program, attach_type, opts);
	default:
		return create_placed(prog_fd, target_fd, attach_type, opts);
	}
}

/* Without a name: a program that attaches by BTF, as its section or bpf_program__set_attach_target() says. */
int bpf_raw_tracepoint_open_opts(int prog_fd, struct bpf_raw_tp_opts *opts)
{
	const struct bpf_program *program = (const struct bpf_program *)(uintptr_t)prog_fd;
	LIBBPF_OPTS(bpf_raw_tracepoint_opts, named, .cookie = opts ? opts->cookie : 0);
	LIBBPF_OPTS(bpf_trace_opts, unnamed, .cookie = opts ? opts->cookie : 0);

	if (opts && opts->tp_name)
		return made(bpf_program__attach_raw_tracepoint_opts(program, opts->tp_name, &named));
	return made(bpf_program__attach_trace_opts(program, &unnamed));
}

int bpf_raw_tracepoint_open(const char *name, int prog_fd)
{
	LIBBPF_OPTS(bpf_raw_tp_opts, opts, .tp_name = name);

	return bpf_raw_tracepoint_open_opts(prog_fd, &opts);
}
