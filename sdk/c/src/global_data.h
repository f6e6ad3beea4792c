/* Global variables of BPF programs where the host has no windows: copies, kept in step by the calls that wait for
 * programs or run them, and by wasm_bpf_skeleton_sync(). */
#ifndef GLOBAL_DATA_H
#define GLOBAL_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include <wasm_bpf/abi_types.h>

/* Called around every wait for programs and every run of one. Nothing where there are no copies. */
int wasm_bpf__sync(void);

/* New memory, the owner's, with a map's initial variables; null and errno. */
void *wasm_bpf__copy_new(void *owner, wasm_bpf_handle map, uint32_t bytes, bool settable);

/* Before load: the copies are what programs start with. */
int wasm_bpf__copies_set(const void *owner);

/* After load: they are what the kernel has. */
int wasm_bpf__copies_start(const void *owner);

void wasm_bpf__copies_free(const void *owner);

#endif
