/* Guests have no processes of their own: what is declared here fails with ECHILD. */
#ifndef WASM_BPF_COMPAT_SYS_WAIT_H
#define WASM_BPF_COMPAT_SYS_WAIT_H

#include <sys/types.h>
#include <wait_status.h>

#ifdef __cplusplus
extern "C" {
#endif

pid_t wait(int *status);
pid_t waitpid(pid_t pid, int *status, int options);

#ifdef __cplusplus
}
#endif

#endif
