/* Shared by both halves of sockfilter. */
#ifndef SOCKFILTER_H
#define SOCKFILTER_H

struct packet {
	__u8 source[16]; /* IPv4: the first 4 bytes */
	__u8 destination[16];
	__u32 bytes;
	__u16 source_port; /* 0: the protocol has none */
	__u16 destination_port;
	__u8 version;  /* of IP */
	__u8 protocol; /* IPPROTO_* */
	__u8 outgoing;
	__u8 padding[5];
};

#endif
