#ifndef PERF_BUFFERS_H
#define PERF_BUFFERS_H

struct record {
	__u64 number;
	__u32 cpu;
	char text[1000]; // perf buffers keep what comes after `size` bytes out
};

// As a raw tracepoint's arguments.
struct order {
	__u64 count;
	__u64 first;
	__u64 size; // of each record
};

#endif
