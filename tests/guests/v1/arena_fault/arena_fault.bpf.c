// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARENA);
	__uint(map_flags, BPF_F_MMAPABLE | BPF_F_SEGV_ON_FAULT);
	__uint(max_entries, 16);
	__ulong(map_extra, 0x7f0000000000ull); /* where it lies is the host's affair */
} arena SEC(".maps");

SEC("syscall")
int use(void *context)
{
	(void)context;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
