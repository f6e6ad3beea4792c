#pragma once

struct record {
	__u64 number;
	__u32 ring;
};
