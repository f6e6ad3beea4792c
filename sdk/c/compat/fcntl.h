/* open() that says which --dir a file needs, and opens cgroups and network namespaces of the host as handles, to attach to. */
#ifndef WASM_BPF_COMPAT_FCNTL_H
#define WASM_BPF_COMPAT_FCNTL_H

#include_next <fcntl.h>

#ifdef __cplusplus
extern "C" {
#endif
int open(const char *path, int flags, ...) __asm__("wasm_bpf__open");
#ifdef __cplusplus
}
#endif

#endif
