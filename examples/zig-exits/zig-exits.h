/* Shared by both halves of zig-exits. */
#ifndef ZIG_EXITS_H
#define ZIG_EXITS_H

#include <linux/types.h>

#define COMM_BYTES 16

struct event {
	__u64 lifetime_ns;
	__u32 pid;
	__u32 status; /* as wait(2) gives it */
	char comm[COMM_BYTES];
};

#endif
