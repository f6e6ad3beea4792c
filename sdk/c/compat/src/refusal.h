/* What no guest can do: said on standard error, once a call. */
#ifndef WASM_BPF_REFUSAL_H
#define WASM_BPF_REFUSAL_H

#include <errno.h>
#include <string.h>
#include <unistd.h>

static inline void wasm_bpf__complain(const char *what, const char *why)
{
	write(STDERR_FILENO, what, strlen(what));
	write(STDERR_FILENO, why, strlen(why));
}

/* -1 with errno. `what` is a call. */
static inline int wasm_bpf__refuse(const char *what, const char *why, int error)
{
	wasm_bpf__complain(what, why);
	errno = error;
	return -1;
}

#endif
