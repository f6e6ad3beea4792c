/* Probes on many functions by one link. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>
#include <wasm_bpf/probes.h>

#include "attach_options.h"

/* The names as the host takes them, one after another; free() it. */
static char *joined(const char **names, size_t count, uint32_t *size)
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

static __u64 *widened(const unsigned long *numbers, size_t count)
{
	__u64 *wide = (__u64 *)malloc(count * sizeof(*wide));

	for (size_t i = 0; wide && i < count; i++)
		wide[i] = numbers[i];
	return wide;
}

static uint32_t multi_flags(bool retprobe, bool session, bool unique_match)
{
	return (retprobe ? WASM_BPF_ATTACH_RETURN : 0) | (session ? WASM_BPF_ATTACH_SESSION : 0) |
	       (unique_match ? WASM_BPF_ATTACH_UNIQUE : 0);
}

static struct bpf_link *out_of_memory(void)
{
	errno = ENOMEM;
	return NULL;
}

static struct bpf_link *attach_kprobe_multi(const struct bpf_program *program, const char *pattern,
					    const uint64_t *addresses, const struct bpf_kprobe_multi_opts *opts)
{
	struct wasm_bpf_attach_options options =
		wasm_bpf__attach_options(WASM_BPF_ATTACH_KPROBE_MULTI, NULL, pattern);
	struct bpf_link *link;
	char *names = NULL;

	options.addresses = (uintptr_t)addresses;
	if (opts) {
		if (opts->syms && !(names = joined(opts->syms, opts->cnt, &options.names_size)))
			return out_of_memory();
		options.names = (uintptr_t)names;
		options.cookies = (uintptr_t)opts->cookies;
		options.count = opts->cnt;
		options.flags = multi_flags(opts->retprobe, opts->session, opts->unique_match);
	}
	link = wasm_bpf__attach(program, options);
	free(names);
	return link;
}

struct bpf_link *bpf_program__attach_kprobe_multi_opts(const struct bpf_program *program, const char *pattern,
						       const struct bpf_kprobe_multi_opts *opts)
{
	if (opts && opts->addrs) {
		wasm_bpf__unsupported("bpf_program__attach_kprobe_multi_opts: addresses do not fit in the unsigned long "
				      "of a guest: use wasm_bpf_program_attach_kprobe_multi()");
		return NULL;
	}
	return attach_kprobe_multi(program, pattern, NULL, opts);
}

struct bpf_link *wasm_bpf_program_attach_kprobe_multi(const struct bpf_program *program, const uint64_t *addresses,
						      const struct bpf_kprobe_multi_opts *opts)
{
	if (opts && opts->addrs) {
		errno = EINVAL;
		return NULL;
	}
	return attach_kprobe_multi(program, NULL, addresses, opts);
}

struct bpf_link *bpf_program__attach_uprobe_multi(const struct bpf_program *program, pid_t pid,
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
		names = opts->syms ? joined(opts->syms, opts->cnt, &options.names_size) : NULL;
		offsets = opts->offsets ? widened(opts->offsets, opts->cnt) : NULL;
		ref_ctr_offsets = opts->ref_ctr_offsets ? widened(opts->ref_ctr_offsets, opts->cnt) : NULL;
		options.names = (uintptr_t)names;
		options.addresses = (uintptr_t)offsets;
		options.cookies = (uintptr_t)opts->cookies;
		options.ref_ctr_offsets = (uintptr_t)ref_ctr_offsets;
		options.count = opts->cnt;
		options.flags = multi_flags(opts->retprobe, opts->session, false);
	}
	if (opts && ((opts->syms && !names) || (opts->offsets && !offsets) ||
		     (opts->ref_ctr_offsets && !ref_ctr_offsets)))
		out_of_memory();
	else
		link = wasm_bpf__attach(program, options);
	free(names);
	free(offsets);
	free(ref_ctr_offsets);
	return link;
}
