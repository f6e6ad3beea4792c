/* Shared by both halves of tcpconn. */
#ifndef TCPCONN_H
#define TCPCONN_H

#define COMM_BYTES 16

/* A connection at its end. */
struct event {
	__u8 local[16]; /* IPv4: the first 4 bytes */
	__u8 remote[16];
	__u64 duration_ns;
	__u64 sent_bytes;
	__u64 received_bytes;
	__u32 pid; /* 0: unknown */
	__u16 family;
	__u16 local_port;
	__u16 remote_port;
	__u8 accepted; /* 0: it was opened from here */
	char comm[COMM_BYTES];
};

#endif
