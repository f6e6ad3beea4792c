#pragma once

#ifdef __bpf__
#define __arena __attribute__((address_space(1)))
#else
#define __arena
#endif

#define NODES 4000

struct node {
	union {
		struct node __arena *next;
		__u64 next_address; /* 8 bytes in a guest too */
	};
	__u64 value;
};
