/* Shared by both halves of funclat. */
#ifndef FUNCLAT_H
#define FUNCLAT_H

#define SLOTS 30

struct histogram {
	__u64 total;
	__u32 slots[SLOTS];
	__u32 missed; /* calls that were not measured, for too many threads were in the function */
};

#endif
