#pragma once

struct event {
	__u64 number;
	__u32 padding[3];
	__u32 end; /* 24 bytes, 32 with the header */
};
