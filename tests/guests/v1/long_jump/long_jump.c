/* Jumps where it cannot. */
#include <setjmp.h>
#include <stdlib.h>

#include "long_jump.skel.h"

int main(void)
{
	jmp_buf buffer;

	if (setjmp(buffer))
		exit(0);
	longjmp(buffer, 1);
}
