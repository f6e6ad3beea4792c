// What the BPF programs tell the tool. Fixed-width types: BPF is 64 bits wide, Wasm 32.
#pragma once

struct task {
	__u32 pid;
	char comm[16];
};
