/* In the place of wasi-libc's, whose type has room for eight signals. */
#ifndef __wasilibc___typedef_sigset_t_h
#define __wasilibc___typedef_sigset_t_h

typedef struct {
	unsigned long long __signals; /* bit N - 1: signal N */
} sigset_t;

#endif
