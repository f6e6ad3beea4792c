/* Shared by both halves of mountwatch. */
#ifndef MOUNTWATCH_H
#define MOUNTWATCH_H

#define COMM_BYTES 16
#define TYPE_BYTES 16
#define PATH_BYTES 256

enum call { CALL_MOUNT, CALL_UMOUNT };

struct event {
	__u64 duration_ns;
	__u64 flags;
	__u64 namespace_number;
	__u32 pid;
	__u32 thread;
	__s32 result;
	__u32 call;
	char comm[COMM_BYTES];
	char type[TYPE_BYTES];
	char source[PATH_BYTES];
	char target[PATH_BYTES];
	char data[PATH_BYTES];
};

#endif
