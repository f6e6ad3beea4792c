/* Probes on many functions by one link. Part of <bpf/libbpf.h>. */
#ifndef WASM_BPF_ATTACH_MULTI_H
#define WASM_BPF_ATTACH_MULTI_H

#include <wasm_bpf/attach.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bpf_kprobe_multi_opts {
	size_t sz;
	const char **syms;
	const __u64 *addrs; /* the kernel's addresses have 8 bytes, `unsigned long` has 4 here */
	const __u64 *cookies;
	size_t cnt;
	bool retprobe;
	bool session;
	bool unique_match;
};

struct bpf_uprobe_multi_opts {
	size_t sz;
	const char **syms;
	const unsigned long *offsets;
	const unsigned long *ref_ctr_offsets;
	const __u64 *cookies;
	size_t cnt;
	bool retprobe;
	bool session;
};

/* The names as the host takes them, one after another; free() it. */
static inline char *wasm_bpf__joined(const char **names, size_t count, uint32_t *size)
{
	char *text, *at;

	*size = 0;
	for (size_t i = 0; i < count; i++)
		*size += strlen(names[i]) + 1;
	text = at = (char *)malloc(*size);
	for (size_t i = 0; text && i < count; i++)
		at = stpcpy(at, names[i]) + 1;
	return text;
}

static inline __u64 *wasm_bpf__widened(const unsigned long *numbers, size_t count)
{
	__u64 *wide = (__u64 *)malloc(count * sizeof(*wide));

	for (size_t i = 0; wide && i < count; i++)
		wide[i] = numbers[i];
	return wide;
}

static inline uint32_t wasm_bpf__multi_flags(bool retprobe, bool session, bool unique_match)
{
	return (retprobe ? WASM_BPF_ATTACH_RETURN : 0) | (session ? WASM_BPF_ATTACH_SESSION : 0) |
	       (unique_match ? WASM_BPF_ATTACH_UNIQUE : 0);
}

static inline struct bpf_link *wasm_bpf__out_of_memory(void)
{
	errno = ENOMEM;
	return NULL;
}

LIBBPF_API struct bpf_link *bpf_program__attach_kprobe_multi_opts(const struct bpf_program *program,
								  const char *pattern,
								  const struct bpf_kprobe_multi_opts *opts)
{
	struct wasm_bpf_attach_options options =
		wasm_bpf__attach_options(WASM_BPF_ATTACH_KPROBE_MULTI, NULL, pattern);
	struct bpf_link *link;
	char *names = NULL;

	if (opts) {
		if (opts->syms && !(names = wasm_bpf__joined(opts->syms, opts->cnt, &options.names_size)))
			return wasm_bpf__out_of_memory();
		options.names = (uintptr_t)names;
		options.addresses = (uintptr_t)opts->addrs;
		options.cookies = (uintptr_t)opts->cookies;
		options.count = opts->cnt;
		options.flags = wasm_bpf__multi_flags(opts->retprobe, opts->session, opts->unique_match);
	}
	link = wasm_bpf__attach(program, options);
	free(names);
	return link;
}

LIBBPF_API struct bpf_link *bpf_program__attach_uprobe_multi(const struct bpf_program *program, pid_t pid,
							     const char *binary_path, const char *func_pattern,
							     const struct bpf_uprobe_multi_opts *opts)
{
	struct wasm_bpf_attach_options options =
		wasm_bpf__attach_options(WASM_BPF_ATTACH_UPROBE_MULTI, binary_path, func_pattern);
	__u64 *offsets = NULL, *ref_ctr_offsets = NULL;
	struct bpf_link *link = NULL;
	char *names = NULL;

	options.pid = pid;
	if (opts) {
		names = opts->syms ? wasm_bpf__joined(opts->syms, opts->cnt, &options.names_size) : NULL;
		offsets = opts->offsets ? wasm_bpf__widened(opts->offsets, opts->cnt) : NULL;
		ref_ctr_offsets = opts->ref_ctr_offsets ? wasm_bpf__widened(opts->ref_ctr_offsets, opts->cnt) : NULL;
		options.names = (uintptr_t)names;
		options.addresses = (uintptr_t)offsets;
		options.cookies = (uintptr_t)opts->cookies;
		options.ref_ctr_offsets = (uintptr_t)ref_ctr_offsets;
		options.count = opts->cnt;
		options.flags = wasm_bpf__multi_flags(opts->retprobe, opts->session, false);
	}
	if (opts && ((opts->syms && !names) || (opts->offsets && !offsets) ||
		     (opts->ref_ctr_offsets && !ref_ctr_offsets)))
		wasm_bpf__out_of_memory();
	else
		link = wasm_bpf__attach(program, options);
	free(names);
	free(offsets);
	free(ref_ctr_offsets);
	return link;
}

#ifdef __cplusplus
}
#endif

#endif
