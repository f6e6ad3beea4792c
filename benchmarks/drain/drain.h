#pragma once

#define RECORDS 50000 /* of a round; the ring has room for 58254 */

struct event {
	__u64 number;
	__u64 payload[7];
};
