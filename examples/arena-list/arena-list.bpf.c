// Counts the starts of every program, in a linked list that lies in an arena.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "arena-list.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARENA);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 4); /* pages */
} arena SEC(".maps");

void __arena *bpf_arena_alloc_pages(void *map, void __arena *address, __u32 pages, int node, __u64 flags) __ksym __weak;

/* A variable in the arena itself: where the list begins. */
struct program __arena *__arena first;

struct program __arena *pool; /* of MOST_PROGRAMS */
__u32 used;                   /* of the pool */
__u32 missed;                 /* starts while another CPU was in the list, or the pool was used up */
static __u32 busy;

SEC("syscall")
int prepare(void *ctx)
{
	(void)ctx;
	pool = bpf_arena_alloc_pages(&arena, NULL, (MOST_PROGRAMS * sizeof(struct program) + 4095) / 4096, -1, 0);
	return pool ? 0 : 1;
}

static __always_inline bool count(const __u64 words[2])
{
	struct program __arena *program = first;

	for (int i = 0; i < MOST_PROGRAMS && program; i++) {
		if (program->words[0] == words[0] && program->words[1] == words[1]) {
			program->starts++;
			return true;
		}
		program = program->next;
	}
	if (used >= MOST_PROGRAMS)
		return false;
	program = &pool[used++];
	program->words[0] = words[0];
	program->words[1] = words[1];
	program->starts = 1;
	program->next = first;
	first = program;
	return true;
}

SEC("tp/sched/sched_process_exec")
int count_start(void *ctx)
{
	__u64 words[2] = {};

	(void)ctx;
	bpf_get_current_comm(words, sizeof(words));
	if (__sync_val_compare_and_swap(&busy, 0, 1)) {
		__sync_fetch_and_add(&missed, 1);
		return 0;
	}
	if (!count(words))
		__sync_fetch_and_add(&missed, 1);
	__sync_fetch_and_and(&busy, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
