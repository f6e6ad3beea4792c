#pragma once

#ifdef __bpf__
#define __arena __attribute__((address_space(1)))
#else
#define __arena
#endif

/* A pointer into the arena takes 8 bytes in the kernel and everywhere else. In a guest the pointer itself is the lower
 * half of them; natively all. */
#define ARENA_POINTER(type, name)     \
	union {                       \
		type __arena *name;   \
		__u64 name##_address; \
	}

#define MOST_PROGRAMS 64

/* A program that was started, and how often. */
struct program {
	ARENA_POINTER(struct program, next);
	__u64 starts;
	__u64 asked_for; /* it was put into the list by user space */
	union {
		char name[16];
		__u64 words[2];
	};
};
