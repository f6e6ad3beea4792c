/* For guests that call the imports of <wasm_bpf/abi.h> themselves: from the host's results to libbpf's. */
#ifndef WASM_BPF_ERROR_H
#define WASM_BPF_ERROR_H

#include <errno.h>
#include <stdint.h>

#include <wasm_bpf/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A result of the host as libbpf gives it: >= 0, or a negative errno value that errno holds too. */
int wasm_bpf__result(int32_t result);

/* The same for calls whose failure libbpf explains: prints the host's reason. */
int wasm_bpf__explain(int32_t result);

/* A handle as libbpf's opaque pointer: null with errno set where there is none. */
void *wasm_bpf__pointer(wasm_bpf_handle handle);
void *wasm_bpf__explained_pointer(wasm_bpf_handle handle);

/* Prints a warning the way libbpf does: by libbpf_set_print()'s function. */
void wasm_bpf__warn(const char *text);

/* Refuses what guests cannot do, and says what: -ENOTSUP. */
int wasm_bpf__unsupported(const char *text);

#ifdef __cplusplus
}
#endif

#endif
