/* The slot of a value in a histogram of powers of two: slot n counts values from 2^n to 2^(n+1) - 1, slot 0 also 0. */
#ifndef LOG2_SLOT_BPF_H
#define LOG2_SLOT_BPF_H

static __always_inline __u32 log2_slot(__u64 value, __u32 slots)
{
	__u32 slot = 0;

#pragma unroll
	for (__u32 bits = 32; bits; bits /= 2) {
		if (value >> bits) {
			value >>= bits;
			slot += bits;
		}
	}
	return slot < slots ? slot : slots - 1;
}

#endif
