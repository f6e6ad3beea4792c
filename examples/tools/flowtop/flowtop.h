/* Shared by both halves of flowtop. */
#ifndef FLOWTOP_H
#define FLOWTOP_H

#define MOST_FLOWS 8192

struct flow {
	__u8 source[16]; /* IPv4: the first 4 bytes */
	__u8 destination[16];
	__u16 source_port; /* in the order of the network; 0 where the protocol has none */
	__u16 destination_port;
	__u8 version; /* 4 or 6 */
	__u8 protocol;
	__u8 unused[2];
};

/* Of one CPU. */
struct traffic {
	__u64 packets;
	__u64 bytes;
};

#endif
