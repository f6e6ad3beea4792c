/* Links: what is attached. Part of <bpf/libbpf.h>. */
#ifndef WASM_BPF_LINK_H
#define WASM_BPF_LINK_H

#include <wasm_bpf/object.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bpf_link;

LIBBPF_API int bpf_link__fd(const struct bpf_link *link)
{
	return (int)(uintptr_t)link;
}

/* Detaches; null is allowed. */
LIBBPF_API int bpf_link__destroy(struct bpf_link *link)
{
	return link ? wasm_bpf__result(wasm_bpf_close((wasm_bpf_handle)(uintptr_t)link)) : 0;
}

#ifdef __cplusplus
}
#endif

#endif
