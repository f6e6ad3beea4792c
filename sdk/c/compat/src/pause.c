#include <time.h>
#include <unistd.h>

/* Until a signal's handler has run. */
int pause(void)
{
	const struct timespec day = {.tv_sec = 86400};

	while (!nanosleep(&day, NULL))
		;
	return -1;
}
