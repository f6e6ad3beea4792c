/* What this host offers beyond calls: asked once. */
#ifndef WASM_BPF_HOST_H
#define WASM_BPF_HOST_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whether kernel memory can be mapped into the guest's; else it is copied by calls. */
bool wasm_bpf__has_windows(void);

#ifdef __cplusplus
}
#endif

#endif
