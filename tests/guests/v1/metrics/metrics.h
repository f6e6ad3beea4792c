#ifndef METRICS_H
#define METRICS_H

#include <linux/types.h>

struct flow {
	__u32 address; /* as the network orders it */
	__u16 port;    /* the same */
	__u16 kind;
};

struct traffic {
	__u64 bytes;
	char name[16];
};

struct sizes {
	__u32 slots[3];
	__s32 unused;
	__u64 sum;
};

#endif
