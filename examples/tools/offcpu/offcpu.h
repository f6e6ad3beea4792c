/* Shared by both halves of offcpu. */
#ifndef OFFCPU_H
#define OFFCPU_H

#define COMM_BYTES 16
#define STACK_FRAMES 64
#define MOST_STACKS 4096

/* Where a thread left the CPU. */
struct place {
	__u32 pid;
	__u32 thread;
	__s32 kernel_stack; /* its number in the map of stacks, or negative */
	__s32 user_stack;
};

struct wait {
	__u64 total_ns;
	__u64 longest_ns;
	__u64 count;
	char comm[COMM_BYTES];
};

#endif
