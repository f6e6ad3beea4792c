/* Shared by both halves of sigwatch. */
#ifndef SIGWATCH_H
#define SIGWATCH_H

#define COMM_BYTES 16

struct event {
	__u32 sender; /* process */
	__u32 target; /* thread or process */
	__s32 signal;
	__s32 code;   /* si_code: 0 by kill(), more than 0 by the kernel, less by other calls */
	__s32 result; /* TRACE_SIGNAL_*: 0 delivered, 1 ignored, 2 already pending */
	char sender_comm[COMM_BYTES];
	char target_comm[COMM_BYTES];
};

#endif
