/* Shared by both halves of runqlat. */
#ifndef RUNQLAT_H
#define RUNQLAT_H

#define COMM_BYTES 16
#define MAX_TASKS 10240
#define SLOTS 27 /* powers of two: 2^26 us is more than a minute */

struct histogram {
	__u32 slots[SLOTS];
	char comm[COMM_BYTES];
};

#endif
