/* For guests that call the imports of <wasm_bpf/abi.h> themselves: from the host's results, which are Linux' numbers, to
 * libbpf's, which are the guest's own errno values. */
#ifndef WASM_BPF_ERROR_H
#define WASM_BPF_ERROR_H

#include <errno.h>
#include <stdint.h>

#include <wasm_bpf/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Linux' numbers that guests look at; the guest's own differ. */
#define WASM_BPF_ENOENT 2
#define WASM_BPF_ENOMEM 12
#define WASM_BPF_EEXIST 17
#define WASM_BPF_ENODEV 19
#define WASM_BPF_EINVAL 22
#define WASM_BPF_EOPNOTSUPP 95

/* The guest's errno value for Linux' (positive). */
int wasm_bpf__errno(int32_t linux_errno);

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
