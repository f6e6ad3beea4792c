// What the BPF programs tell the tool. Fixed-width types: BPF is 64 bits wide, Wasm 32.
#pragma once

#define PROTOCOLS 256 /* of IP */

struct traffic {
	__u64 packets;
	__u64 bytes;
};
