/* ../setjmp.h */
#include <setjmp.h>
#include <stdlib.h>

#include "refusal.h"

void longjmp(jmp_buf buffer, int value)
{
	(void)buffer, (void)value;
	wasm_bpf__complain("longjmp()", ": a guest cannot jump up the stack: return an error instead\n");
	abort();
}

void siglongjmp(sigjmp_buf buffer, int value)
{
	longjmp(buffer, value);
}
