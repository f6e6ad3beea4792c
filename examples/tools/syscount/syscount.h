/* Shared by both halves of syscount. */
#ifndef SYSCOUNT_H
#define SYSCOUNT_H

#define COMM_BYTES 16
#define MOST_KEYS 8192

/* Of one CPU. */
struct calls {
	__u64 count;
	__u64 total_ns;
	char comm[COMM_BYTES]; /* where processes are counted */
};

#endif
