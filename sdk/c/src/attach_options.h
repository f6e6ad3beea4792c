/* How the calls that attach get to the host. */
#ifndef ATTACH_OPTIONS_H
#define ATTACH_OPTIONS_H

#include <linux/bpf.h>

#include <wasm_bpf/abi_types.h>

struct bpf_link;
struct bpf_program;

/* With two texts, which may be null. */
struct wasm_bpf_attach_options wasm_bpf__attach_options(enum wasm_bpf_attach_kind kind, const char *path,
							const char *name);

/* Null, errno and the reason printed where it fails. */
struct bpf_link *wasm_bpf__attach(const struct bpf_program *program, struct wasm_bpf_attach_options options);

/* Sets the kind and the target of an attach type that has a target: `target` is an interface's index, or a handle of a
 * cgroup, map or network namespace. */
void wasm_bpf__attach_by_type(struct wasm_bpf_attach_options *options, int target, enum bpf_attach_type type);

#endif
