#pragma once

struct event {
	__u64 number;
	__u64 payload[7];
};
