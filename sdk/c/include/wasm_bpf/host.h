/* What this host offers beyond calls: asked once. */
#ifndef WASM_BPF_HOST_H
#define WASM_BPF_HOST_H

#include <stdbool.h>

#include <wasm_bpf/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

__attribute__((weak)) int32_t wasm_bpf__features = -1;

/* Whether kernel memory can be mapped into the guest's; else it is copied by calls. */
static inline bool wasm_bpf__has_windows(void)
{
	if (wasm_bpf__features < 0)
		wasm_bpf__features = wasm_bpf_host_features();
	return wasm_bpf__features & WASM_BPF_HOST_WINDOWS;
}

#ifdef __cplusplus
}
#endif

#endif
