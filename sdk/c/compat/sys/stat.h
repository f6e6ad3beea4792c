/* <sys/stat.h> with a stat() of the process's own PID namespace, and one that says which --dir a file needs. */
#include_next <sys/stat.h>

#ifndef WASM_BPF_COMPAT_SYS_STAT_H
#define WASM_BPF_COMPAT_SYS_STAT_H

#ifdef __cplusplus
extern "C" {
#endif
int stat(const char *__restrict path, struct stat *__restrict status) __asm__("wasm_bpf__stat");
#ifdef __cplusplus
}
#endif

#endif
