/* How a process ended; part of <sys/wait.h> and <stdlib.h>. */
#ifndef WASM_BPF_COMPAT_WAIT_STATUS_H
#define WASM_BPF_COMPAT_WAIT_STATUS_H

#define WNOHANG 1
#define WUNTRACED 2

#define WEXITSTATUS(status) (((status) & 0xff00) >> 8)
#define WTERMSIG(status) ((status) & 0x7f)
#define WIFEXITED(status) (!WTERMSIG(status))
#define WIFSIGNALED(status) (((status) & 0xffff) - 1U < 0xffU)

#endif
