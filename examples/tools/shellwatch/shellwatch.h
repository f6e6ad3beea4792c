/* Shared by both halves of shellwatch. */
#ifndef SHELLWATCH_H
#define SHELLWATCH_H

#define COMM_BYTES 16
#define LINE_BYTES 256

struct event {
	__u32 pid;
	__u32 uid;
	char comm[COMM_BYTES];
	char line[LINE_BYTES];
};

#endif
