/* Shared by both halves of lsm. */
#ifndef LSM_H
#define LSM_H

#define COMM_BYTES 16
#define NAME_BYTES 64

struct event {
	__u32 pid;
	__u32 uid;
	__u32 denied;
	__u32 padding;
	char comm[COMM_BYTES];
	char name[NAME_BYTES];
};

#endif
