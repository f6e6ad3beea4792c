/* Shared by both halves of execve. */
#ifndef EXECVE_H
#define EXECVE_H

#define COMM_BYTES 16
#define MAX_ARGUMENTS 20
#define ARGUMENT_BYTES 128

struct event {
	__u32 pid;
	__u32 argument_count; /* at most MAX_ARGUMENTS */
	__u32 more_arguments; /* 1: there were more */
	__u32 command_bytes;  /* used of command_line */
	char comm[COMM_BYTES]; /* of the caller */
	char command_line[MAX_ARGUMENTS * ARGUMENT_BYTES]; /* the arguments, each terminated */
};

#endif
