/* Shared by both halves of taskstacks. */
#ifndef TASKSTACKS_H
#define TASKSTACKS_H

#define COMM_BYTES 16
#define STACK_FRAMES 32

struct task {
	__u32 pid;
	__u32 thread;
	__u32 parent;
	__u32 state; /* as in the kernel's task_struct: a bit, or 0 for running */
	__u32 kernel_thread;
	__s32 frames;
	char comm[COMM_BYTES];
	__u64 stack[STACK_FRAMES];
};

#endif
