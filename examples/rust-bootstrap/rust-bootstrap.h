/* Shared by both halves of rust-bootstrap. The guest has it from the skeleton, by the object's BTF. */
#ifndef RUST_BOOTSTRAP_H
#define RUST_BOOTSTRAP_H

#define COMM_BYTES 16
#define FILENAME_BYTES 128

struct event {
	__u64 duration_ns; /* of a process that ended and was seen starting; else 0 */
	__u32 pid;
	__u32 parent;
	__u32 exit_code;
	__u32 exited; /* 0: it started */
	char comm[COMM_BYTES];
	char filename[FILENAME_BYTES]; /* of the program that starts */
};

#endif
