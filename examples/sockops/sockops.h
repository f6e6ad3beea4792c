/* Shared by both halves of sockops. */
#ifndef SOCKOPS_H
#define SOCKOPS_H

struct connection {
	__u8 local[16]; /* IPv4: the first 4 bytes */
	__u8 remote[16];
	__u32 pid; /* of the process that connected; 0: the SYN had no such option */
	__u16 local_port;
	__u16 remote_port;
	__u8 version; /* of IP */
	__u8 accepted; /* 0: connected */
	__u8 padding[2];
};

#endif
