/* Shared by both halves of execwatch. */
#ifndef EXECWATCH_H
#define EXECWATCH_H

#define COMM_BYTES 16
#define MOST_ARGUMENTS 20
#define ARGUMENT_BYTES 128
#define ARGUMENTS_BYTES (MOST_ARGUMENTS * ARGUMENT_BYTES)

struct event {
	__u32 pid;
	__u32 parent;
	__u32 uid;
	__s32 result;
	__u32 arguments; /* how many; one more than MOST_ARGUMENTS where there are more */
	__u32 bytes;     /* of text, each argument with its zero byte; what lies behind is not sent */
	char comm[COMM_BYTES];
	char text[ARGUMENTS_BYTES];
};

#endif
