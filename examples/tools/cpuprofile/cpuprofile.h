/* Shared by both halves of cpuprofile. */
#ifndef CPUPROFILE_H
#define CPUPROFILE_H

#define COMM_BYTES 16
#define STACK_FRAMES 127
#define MOST_STACKS 10240

/* What samples are counted by. */
struct place {
	__u32 pid;
	__s32 kernel_stack; /* its number in the map of stacks, or negative */
	__s32 user_stack;
	char comm[COMM_BYTES];
};

#endif
