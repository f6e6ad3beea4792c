/* Shared by both halves of uprobe. */
#ifndef UPROBE_H
#define UPROBE_H

#define COMM_BYTES 16

struct event {
	__u64 values[3]; /* a call: its first arguments; a return: its value first */
	__u32 pid;
	__u32 thread;
	__u32 returned; /* 0: a call */
	char comm[COMM_BYTES];
};

#endif
