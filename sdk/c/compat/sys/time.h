/* <sys/time.h> with what wasi-libc leaves out. */
#ifndef WASM_BPF_COMPAT_SYS_TIME_H
#define WASM_BPF_COMPAT_SYS_TIME_H

#include_next <sys/time.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ITIMER_REAL 0
#define ITIMER_VIRTUAL 1
#define ITIMER_PROF 2

struct itimerval {
	struct timeval it_interval;
	struct timeval it_value;
};

/* ITIMER_REAL alone: compat/src/signal.c */
int getitimer(int, struct itimerval *);
int setitimer(int, const struct itimerval *__restrict, struct itimerval *__restrict);

#ifdef __cplusplus
}
#endif

#endif
