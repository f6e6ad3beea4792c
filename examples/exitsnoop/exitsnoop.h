#pragma once

#define COMM_BYTES 16

/* A process that ended. */
struct ending {
	__u64 lifetime_ns;
	__u32 process;
	__u32 code;   /* that it gave to exit() */
	__u32 signal; /* that ended it, or 0 */
	char comm[COMM_BYTES];
};
