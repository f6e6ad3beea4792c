// Usage: producer CALLS PER_SECOND [REST_US]. Waits for a line on standard input, then calls getpgid() so often, at that
// pace, and prints how many seconds it took. A call that is late is made at once, so that the whole keeps the pace.
// Without REST_US it keeps a CPU busy and calls evenly; with it, it sleeps so long whenever it is not late, and catches
// up: bursts, for runs that go on beside other work.
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
	if (argc < 3 || argc > 4 || getchar() == EOF)
		return 1;

	const unsigned long calls = strtoul(argv[1], NULL, 10);
	const double interval_s = 1.0 / strtoul(argv[2], NULL, 10);
	const long rest_us = argc > 3 ? strtol(argv[3], NULL, 10) : 0;
	const struct timespec rest = { .tv_nsec = rest_us * 1000 };
	const double start = now_s();

	for (unsigned long i = 0; i < calls; i++) {
		while (now_s() < start + i * interval_s)
			if (rest_us > 0)
				nanosleep(&rest, NULL);
		if (getpgid(0) < 0)
			return 1;
	}
	printf("%.3f\n", now_s() - start);
	return 0;
}
