/* Shared by both halves of syslat. */
#ifndef SYSLAT_H
#define SYSLAT_H

#define SLOTS 30
#define MOST_CALLS 512

struct histogram {
	__u32 slots[SLOTS];
	__u32 failed;
	__u64 total;
};

#endif
