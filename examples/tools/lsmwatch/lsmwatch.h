/* Shared by both halves of lsmwatch. */
#ifndef LSMWATCH_H
#define LSMWATCH_H

#define COMM_BYTES 16
#define TEXT_BYTES 128

enum kind { KIND_EXEC, KIND_DELETE, KIND_TRACE, KIND_MOUNT, KINDS };

struct event {
	__u32 pid;
	__u32 uid;
	__u32 kind;
	__u32 denied;
	char comm[COMM_BYTES];
	char text[TEXT_BYTES];
};

#endif
