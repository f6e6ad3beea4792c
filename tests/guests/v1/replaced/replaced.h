#pragma once
// What the guest and its program share.

#define PORT 4242

struct seen {
	__u64 number;  /* the packet's */
	__u64 count;   /* of packets so far, over all versions */
	__u64 version; /* of the guest whose program saw it */
};
