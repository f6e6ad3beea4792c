// Builds a linked list in an arena, in an order that is not that of its nodes.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "arena.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARENA);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 64);
} arena SEC(".maps");

void __arena *bpf_arena_alloc_pages(void *map, void __arena *address, __u32 pages, int node, __u64 flags) __ksym __weak;

struct node __arena *head;

SEC("syscall")
int build(void *ctx)
{
	struct node __arena *nodes = bpf_arena_alloc_pages(&arena, NULL, (NODES * sizeof(struct node) + 4095) / 4096, -1, 0);
	struct node __arena *first = NULL;

	(void)ctx;
	if (!nodes)
		return 1;
	for (__u32 i = 0; i < NODES; i++) {
		struct node __arena *node = &nodes[(i * 1501) % NODES];
		node->value = i;
		node->next = first;
		first = node;
	}
	head = first;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
