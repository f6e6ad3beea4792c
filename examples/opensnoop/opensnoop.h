/* Shared by both halves of opensnoop. */
#ifndef OPENSNOOP_H
#define OPENSNOOP_H

#define COMM_BYTES 16
#define PATH_BYTES 256

struct event {
	__u32 pid;
	__u32 uid;
	__s32 result; /* the fd, or a negative errno value */
	__s32 flags;
	char comm[COMM_BYTES];
	char path[PATH_BYTES];
};

#endif
