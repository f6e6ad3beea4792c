#ifndef RINGS_H
#define RINGS_H

// What the program shall put into a ring.
struct order {
	__u32 ring;
	__u32 count;
	__u32 size; // of each record; its first 8 bytes are its number
	__u32 discard_every;
	__u64 first;
};

struct state {
	__u64 calls;
	__u32 producer; // the process whose calls of getpgid() make a record each
	__u32 padding;
	struct {
		__u64 number;
		char text[4088];
	} record;
};

#endif
