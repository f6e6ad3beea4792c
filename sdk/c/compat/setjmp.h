/* A jump back up the stack is not possible in a guest: setjmp() returns 0, and longjmp() ends it with a message. */
#ifndef WASM_BPF_COMPAT_SETJMP_H
#define WASM_BPF_COMPAT_SETJMP_H

#ifdef __cplusplus
extern "C" {
#endif

typedef long jmp_buf[1];
typedef jmp_buf sigjmp_buf;

static inline int wasm_bpf__setjmp(jmp_buf buffer)
{
	(void)buffer;
	return 0;
}

#define setjmp(buffer) wasm_bpf__setjmp(buffer)
#define sigsetjmp(buffer, save_mask) wasm_bpf__setjmp(buffer)

__attribute__((__noreturn__)) void longjmp(jmp_buf buffer, int value);
__attribute__((__noreturn__)) void siglongjmp(sigjmp_buf buffer, int value);

#ifdef __cplusplus
}
#endif

#endif
