/* Shared by both halves of biolat. */
#ifndef BIOLAT_H
#define BIOLAT_H

#define DISK_BYTES 32
#define SLOTS 27
#define MOST_HISTOGRAMS 1024

struct histogram_key {
	char disk[DISK_BYTES]; /* empty where all share one */
	__u32 operation;       /* the kernel's REQ_OP_*; ~0 where all share one */
};

struct histogram {
	__u32 slots[SLOTS];
};

#endif
