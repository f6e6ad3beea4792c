#ifndef USER_RINGS_H
#define USER_RINGS_H

// What a drain saw.
struct drained {
	__u64 records;
	__u64 sum; // of the numbers
	__u64 next;
	__u64 out_of_order;
	__u64 bytes; // of the last record
};

#endif
