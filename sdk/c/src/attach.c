/* Attaching programs that trace. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>

#include "attach_options.h"

struct bpf_link *wasm_bpf__attach(const struct bpf_program *program,
						struct wasm_bpf_attach_options options)
{
	options.size = sizeof(options);
	return (struct bpf_link *)wasm_bpf__explained_pointer(
		wasm_bpf_program_attach(wasm_bpf__program_handle(program), &options));
}

struct wasm_bpf_attach_options wasm_bpf__attach_options(enum wasm_bpf_attach_kind kind,
								      const char *path, const char *name)
{
	struct wasm_bpf_attach_options options = {
		.kind = kind,
		.path = (uintptr_t)path,
		.path_size = path ? strlen(path) : 0,
		.name = (uintptr_t)name,
		.name_size = name ? strlen(name) : 0,
	};
	return options;
}

void wasm_bpf__attach_by_type(struct wasm_bpf_attach_options *options, int target,
			      enum bpf_attach_type type)
{
	options->attach_type = type;
	switch (type) {
	case BPF_TCX_INGRESS:
	case BPF_TCX_EGRESS:
		options->kind = WASM_BPF_ATTACH_TCX;
		options->interface_index = target;
		break;
	case BPF_NETKIT_PRIMARY:
	case BPF_NETKIT_PEER:
		options->kind = WASM_BPF_ATTACH_NETKIT;
		options->interface_index = target;
		break;
	case BPF_SK_SKB_STREAM_PARSER:
	case BPF_SK_SKB_STREAM_VERDICT:
	case BPF_SK_SKB_VERDICT:
	case BPF_SK_MSG_VERDICT:
		options->kind = WASM_BPF_ATTACH_SOCKMAP;
		options->handle = target;
		break;
	case BPF_XDP:
		options->kind = WASM_BPF_ATTACH_XDP;
		options->interface_index = target;
		options->attach_type = 0;
		break;
	case BPF_FLOW_DISSECTOR:
	case BPF_SK_LOOKUP:
		options->kind = WASM_BPF_ATTACH_NETNS;
		options->handle = target;
		options->attach_type = 0;
		break;
	default:
		options->kind = WASM_BPF_ATTACH_CGROUP;
		options->handle = target;
		break;
	}
}

struct bpf_link *bpf_program__attach(const struct bpf_program *program)
{
	return wasm_bpf__attach(program, wasm_bpf__attach_options(WASM_BPF_ATTACH_AUTO, NULL, NULL));
}

struct bpf_link *bpf_program__attach_kprobe_opts(const struct bpf_program *program,
							    const char *function, const struct bpf_kprobe_opts *opts)
{
	struct wasm_bpf_attach_options options = wasm_bpf__attach_options(WASM_BPF_ATTACH_KPROBE, NULL, function);

	if (opts) {
		options.cookie = opts->bpf_cookie;
		options.offset = opts->offset;
		options.flags = opts->retprobe ? WASM_BPF_ATTACH_RETURN : 0;
	}
	return wasm_bpf__attach(program, options);
}

struct bpf_link *bpf_program__attach_kprobe(const struct bpf_program *program, bool retprobe,
						       const char *function)
{
	LIBBPF_OPTS(bpf_kprobe_opts, opts, .retprobe = retprobe);

	return bpf_program__attach_kprobe_opts(program, function, &opts);
}

struct bpf_link *bpf_program__attach_uprobe_opts(const struct bpf_program *program, pid_t pid,
							    const char *binary_path, size_t offset,
							    const struct bpf_uprobe_opts *opts)
{
	struct wasm_bpf_attach_options options =
		wasm_bpf__attach_options(WASM_BPF_ATTACH_UPROBE, binary_path, opts ? opts->func_name : NULL);

	options.pid = pid;
	options.offset = offset;
	if (opts) {
		options.cookie = opts->bpf_cookie;
		options.ref_ctr_offset = opts->ref_ctr_offset;
		options.flags = opts->retprobe ? WASM_BPF_ATTACH_RETURN : 0;
	}
	return wasm_bpf__attach(program, options);
}

struct bpf_link *bpf_program__attach_uprobe(const struct bpf_program *program, bool retprobe, pid_t pid,
						       const char *binary_path, size_t offset)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .retprobe = retprobe);

	return bpf_program__attach_uprobe_opts(program, pid, binary_path, offset, &opts);
}

struct bpf_link *bpf_program__attach_tracepoint_opts(const struct bpf_program *program,
								const char *category, const char *name,
								const struct bpf_tracepoint_opts *opts)
{
	struct wasm_bpf_attach_options options =
		wasm_bpf__attach_options(WASM_BPF_ATTACH_TRACEPOINT, category, name);

	options.cookie = opts ? opts->bpf_cookie : 0;
	return wasm_bpf__attach(program, options);
}

struct bpf_link *bpf_program__attach_tracepoint(const struct bpf_program *program, const char *category,
							   const char *name)
{
	return bpf_program__attach_tracepoint_opts(program, category, name, NULL);
}

struct bpf_link *bpf_program__attach_raw_tracepoint_opts(const struct bpf_program *program,
								    const char *name,
								    struct bpf_raw_tracepoint_opts *opts)
{
	struct wasm_bpf_attach_options options =
		wasm_bpf__attach_options(WASM_BPF_ATTACH_RAW_TRACEPOINT, NULL, name);

	options.cookie = opts ? opts->cookie : 0;
	return wasm_bpf__attach(program, options);
}

struct bpf_link *bpf_program__attach_raw_tracepoint(const struct bpf_program *program, const char *name)
{
	return bpf_program__attach_raw_tracepoint_opts(program, name, NULL);
}

struct bpf_link *bpf_program__attach_ksyscall(const struct bpf_program *program, const char *name,
							 const struct bpf_ksyscall_opts *opts)
{
	struct wasm_bpf_attach_options options = wasm_bpf__attach_options(WASM_BPF_ATTACH_KSYSCALL, NULL, name);

	if (opts) {
		options.cookie = opts->bpf_cookie;
		options.flags = opts->retprobe ? WASM_BPF_ATTACH_RETURN : 0;
	}
	return wasm_bpf__attach(program, options);
}

struct bpf_link *bpf_program__attach_usdt(const struct bpf_program *program, pid_t pid,
						     const char *binary_path, const char *provider, const char *name,
						     const struct bpf_usdt_opts *opts)
{
	struct wasm_bpf_attach_options options = wasm_bpf__attach_options(WASM_BPF_ATTACH_USDT, binary_path, name);

	options.pid = pid;
	options.provider = (uintptr_t)provider;
	options.provider_size = provider ? strlen(provider) : 0;
	options.cookie = opts ? opts->usdt_cookie : 0;
	return wasm_bpf__attach(program, options);
}

struct bpf_link *bpf_program__attach_trace_opts(const struct bpf_program *program,
							   const struct bpf_trace_opts *opts)
{
	struct wasm_bpf_attach_options options = wasm_bpf__attach_options(WASM_BPF_ATTACH_TRACE, NULL, NULL);

	options.cookie = opts ? opts->cookie : 0;
	return wasm_bpf__attach(program, options);
}

struct bpf_link *bpf_program__attach_trace(const struct bpf_program *program)
{
	return bpf_program__attach_trace_opts(program, NULL);
}

struct bpf_link *bpf_program__attach_lsm(const struct bpf_program *program)
{
	return bpf_program__attach_trace_opts(program, NULL);
}

/* `target_fd` is bpf_program__fd() of a loaded program of this guest. */
struct bpf_link *bpf_program__attach_freplace(const struct bpf_program *program, int target_fd,
							 const char *attach_func_name)
{
	struct wasm_bpf_attach_options options =
		wasm_bpf__attach_options(WASM_BPF_ATTACH_FREPLACE, NULL, attach_func_name);

	options.handle = target_fd;
	return wasm_bpf__attach(program, options);
}

struct bpf_link *bpf_map__attach_struct_ops(const struct bpf_map *map)
{
	return (struct bpf_link *)wasm_bpf__explained_pointer(wasm_bpf_map_attach(wasm_bpf__map_handle(map), NULL));
}
