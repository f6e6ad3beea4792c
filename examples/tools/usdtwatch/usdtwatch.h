/* Shared by both halves of usdtwatch. */
#ifndef USDTWATCH_H
#define USDTWATCH_H

#define COMM_BYTES 16
#define MOST_ARGUMENTS 12
#define TEXT_BYTES 64

struct event {
	__u64 arguments[MOST_ARGUMENTS];
	__u32 pid;
	__u32 thread;
	__u32 count; /* of arguments */
	__s32 text_argument; /* the number of the one that `text` is read from, or -1 */
	char comm[COMM_BYTES];
	char text[TEXT_BYTES];
};

#endif
