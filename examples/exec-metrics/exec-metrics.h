#ifndef EXEC_METRICS_H
#define EXEC_METRICS_H

enum { SLOTS = 27 };

struct command {
	char name[16];
};

/* Slot N: processes that lived for 2^N to 2^(N+1) - 1 microseconds. */
struct lifetimes {
	__u64 slots[SLOTS];
	__u64 sum_us;
};

#endif
