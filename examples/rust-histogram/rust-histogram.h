/* Shared by both halves of rust-histogram. The guest has it from the skeleton, by the object's BTF. */
#ifndef RUST_HISTOGRAM_H
#define RUST_HISTOGRAM_H

#define SLOTS 27 /* powers of two: 2^26 us is more than a minute */

struct histogram {
	__u64 slots[SLOTS];
	char comm[16];
};

#endif
