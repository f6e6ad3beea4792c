// What the BPF programs tell the tool. Fixed-width types: BPF is 64 bits wide, Wasm 32.
#pragma once

#define NAME_BYTES 64 /* of a file, without its folders */

struct event {
	__u32 pid;
	__u32 uid;
	char comm[16];
	char program[NAME_BYTES];
};
