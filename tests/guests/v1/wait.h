/* Waiting for what programs of BPF count. */
#ifndef WAIT_H
#define WAIT_H

#include <time.h>
#include <unistd.h>

#include "check.h"

/* Ends the guest where the condition does not become true within 20 seconds. */
#define WAIT_FOR(condition)                                                          \
	do {                                                                         \
		struct timespec wait_start, wait_now;                                \
		clock_gettime(CLOCK_MONOTONIC, &wait_start);                         \
		while (!(condition)) {                                               \
			clock_gettime(CLOCK_MONOTONIC, &wait_now);                   \
			if (wait_now.tv_sec - wait_start.tv_sec > 20)                \
				CHECK(!"in time: " #condition);                      \
			usleep(1000);                                                \
		}                                                                    \
	} while (0)

/* A global variable of the skeleton's programs, as it is now, where the host has no windows too. */
#define NOW(skeleton, variable) (wasm_bpf_skeleton_sync(skeleton), (variable))

#endif
