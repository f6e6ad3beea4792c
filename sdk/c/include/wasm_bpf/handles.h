/* libbpf's opaque pointers are the host's handles, and what bpf_map__fd() and its kin give is the same number. */
#ifndef WASM_BPF_HANDLES_H
#define WASM_BPF_HANDLES_H

#include <stdint.h>

#include <wasm_bpf/abi_types.h>

struct bpf_object;
struct bpf_map;
struct bpf_program;
struct bpf_link;

static inline wasm_bpf_handle wasm_bpf__object_handle(const struct bpf_object *object)
{
	return (wasm_bpf_handle)(uintptr_t)object;
}

static inline wasm_bpf_handle wasm_bpf__map_handle(const struct bpf_map *map)
{
	return (wasm_bpf_handle)(uintptr_t)map;
}

static inline wasm_bpf_handle wasm_bpf__program_handle(const struct bpf_program *program)
{
	return (wasm_bpf_handle)(uintptr_t)program;
}

static inline wasm_bpf_handle wasm_bpf__link_handle(const struct bpf_link *link)
{
	return (wasm_bpf_handle)(uintptr_t)link;
}

#endif
