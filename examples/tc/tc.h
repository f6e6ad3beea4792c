/* Shared by both halves of tc. */
#ifndef TC_H
#define TC_H

struct traffic {
	__u64 packets;
	__u64 bytes;
};

#endif
