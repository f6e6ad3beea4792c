/* Shared by both halves of cgnet. */
#ifndef CGNET_H
#define CGNET_H

#define MOST_CGROUPS 1024
#define MOST_PORTS 64

enum direction { RECEIVED, SENT, DIRECTIONS };

/* Of one CPU. */
struct traffic {
	__u64 packets[DIRECTIONS];
	__u64 bytes[DIRECTIONS];
	__u64 denied[DIRECTIONS]; /* packets */
};

#endif
