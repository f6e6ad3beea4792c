// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "arena.h"

enum { NODES = 100, MOST = 200 };

struct {
	__uint(type, BPF_MAP_TYPE_ARENA);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 16);
} arena SEC(".maps");

void __arena *bpf_arena_alloc_pages(void *map, void __arena *address, __u32 pages, int node, __u64 flags) __ksym __weak;

struct node __arena *head;
__u64 sum;
__u64 __arena kept = 42;
__u64 __arena runs;

SEC("syscall")
int build(void *context)
{
	struct node __arena *nodes = bpf_arena_alloc_pages(&arena, NULL, 1, -1, 0);

	(void)context;
	if (!nodes)
		return 1;
	for (int i = 0; i < NODES; i++) {
		nodes[i].value = i;
		nodes[i].next = i + 1 < NODES ? &nodes[i + 1] : NULL;
	}
	head = nodes;
	return 0;
}

SEC("syscall")
int add_up(void *context)
{
	struct node __arena *node = head;

	(void)context;
	sum = 0;
	for (int i = 0; i < MOST && node; i++) {
		sum += node->value;
		node->value += 1;
		node = node->next;
	}
	sum += kept;
	runs += 1;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
