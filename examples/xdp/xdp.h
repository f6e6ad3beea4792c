/* Shared by both halves of xdp. */
#ifndef XDP_H
#define XDP_H

#define PROTOCOLS 256 /* of IP; 255, which is reserved, counts what is not IP */
#define NOT_IP 255

struct traffic {
	__u64 packets;
	__u64 bytes;
	__u64 dropped; /* of the packets */
};

#endif
