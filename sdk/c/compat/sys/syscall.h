/* System calls by number: those that tools make so are made; others fail with ENOSYS and a message. */
#ifndef WASM_BPF_COMPAT_SYS_SYSCALL_H
#define WASM_BPF_COMPAT_SYS_SYSCALL_H

#include <asm/unistd.h>

#define SYS_bpf __NR_bpf
#define SYS_getpid __NR_getpid
#define SYS_gettid __NR_gettid
#define SYS_getuid __NR_getuid
#define SYS_perf_event_open __NR_perf_event_open
#define SYS_pidfd_open __NR_pidfd_open

#ifdef __cplusplus
extern "C" {
#endif

long syscall(long number, ...);

#ifdef __cplusplus
}
#endif

#endif
