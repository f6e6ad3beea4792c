#pragma once

#ifdef __bpf__
#define __arena __attribute__((address_space(1)))
#else
#define __arena
#endif

/* 8 bytes on both sides; the guest's pointer is the lower half. */
#define ARENA_POINTER(type, name)     \
	union {                       \
		type __arena *name;   \
		__u64 name##_address; \
	}

struct node {
	ARENA_POINTER(struct node, next);
	__u64 value;
};
