/* Prints histograms of powers of two, as log2_slot.bpf.h fills them: from the first slot with something in it to the last. */
#ifndef LOG2_HISTOGRAM_H
#define LOG2_HISTOGRAM_H

#include <linux/types.h>
#include <stdio.h>

static inline void print_log2_histogram(const __u32 *slots, unsigned int slot_count, const char *unit)
{
	enum { width = 40 };
	static const char stars[width + 1] = "****************************************";
	unsigned int first = slot_count, used = 0;
	__u32 most = 0;

	for (unsigned int slot = 0; slot < slot_count; slot++) {
		if (!slots[slot])
			continue;
		if (first == slot_count)
			first = slot;
		used = slot + 1;
		if (slots[slot] > most)
			most = slots[slot];
	}
	if (!used)
		return;
	printf("%25s : %-8s distribution\n", unit, "count");
	for (unsigned int slot = first; slot < used; slot++) {
		unsigned long long low = slot ? 1ULL << slot : 0, high = (2ULL << slot) - 1;
		int length = (unsigned long long)slots[slot] * width / most;

		printf("%11llu -> %-10llu : %-8u |%-*.*s|\n", low, high, slots[slot], width, length, stars);
	}
}

#endif
