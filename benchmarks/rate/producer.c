// Usage: producer CALLS PER_SECOND. Waits for a line on standard input, then calls getpgid() so often, at that pace, and
// prints how many seconds it took. A call that is late is made at once, so that the whole keeps the pace.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
	if (argc != 3 || getchar() == EOF)
		return 1;

	const unsigned long calls = strtoul(argv[1], NULL, 10);
	const double interval_s = 1.0 / strtoul(argv[2], NULL, 10);
	const double start = now_s();

	for (unsigned long i = 0; i < calls; i++) {
		while (now_s() < start + i * interval_s)
			;
		if (getpgid(0) < 0)
			return 1;
	}
	printf("%.3f\n", now_s() - start);
	return 0;
}
