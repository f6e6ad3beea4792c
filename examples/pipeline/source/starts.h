/* One start of a program, as it lies in a record of the ring buffer. The aggregator reads it by these offsets too. */
#ifndef STARTS_H
#define STARTS_H

struct event {
	__u32 pid;
	__u32 uid;
	char comm[16];
};

#endif
