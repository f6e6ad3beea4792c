/* Shared by both halves of kprobe. */
#ifndef KPROBE_H
#define KPROBE_H

#define COMM_BYTES 16
#define PATH_BYTES 256

struct event {
	__u32 pid;
	__s32 result;   /* of the call */
	__u32 returned; /* 0: it begins */
	char comm[COMM_BYTES];
	char path[PATH_BYTES]; /* where it begins */
};

#endif
