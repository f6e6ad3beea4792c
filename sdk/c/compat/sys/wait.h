/* Guests have no processes of their own: what is declared here fails with ECHILD. */
#ifndef WASM_BPF_COMPAT_SYS_WAIT_H
#define WASM_BPF_COMPAT_SYS_WAIT_H

#include <sys/types.h>

#define WNOHANG 1
#define WUNTRACED 2

#define WEXITSTATUS(status) (((status) & 0xff00) >> 8)
#define WTERMSIG(status) ((status) & 0x7f)
#define WIFEXITED(status) (!WTERMSIG(status))
#define WIFSIGNALED(status) (((status) & 0xffff) - 1U < 0xffU)

#ifdef __cplusplus
extern "C" {
#endif

pid_t wait(int *status);
pid_t waitpid(pid_t pid, int *status, int options);

#ifdef __cplusplus
}
#endif

#endif
