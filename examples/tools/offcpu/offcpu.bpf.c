// Sums up how long threads are off the CPU, by the stack on which they left it.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "offcpu.h"

#define TASK_RUNNING 0
#define PF_KTHREAD 0x00200000
#define TRACING_FRAMES 3 /* of this program and what calls it: left out of the stacks */

/* What is used of the kernel's task_struct: a type in the object takes room with all that it refers to. */
struct task_struct___used {
	unsigned int __state;
	unsigned int flags;
	int pid;
	int tgid;
	char comm[COMM_BYTES];
} __attribute__((preserve_access_index));

const volatile __u32 only_process = 0; /* 0: all */
const volatile bool with_kernel_threads = false;
const volatile bool with_preempted = false;
const volatile __u64 shortest_ns = 1000;
const volatile __u64 longest_ns = ~0ULL;

struct start {
	__u64 ns;
	struct place place;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, __u32); /* thread */
	__type(value, struct start);
} starts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, MOST_STACKS);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, STACK_FRAMES * sizeof(__u64));
} stacks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_STACKS);
	__type(key, struct place);
	__type(value, struct wait);
} waits SEC(".maps");

static const struct wait none;

static __always_inline bool is_wanted(struct task_struct___used *task)
{
	if (!task->pid || (only_process && only_process != task->tgid))
		return false;
	if (!with_kernel_threads && task->flags & PF_KTHREAD)
		return false;
	return with_preempted || task->__state != TASK_RUNNING;
}

/* `task` is still the current one, so the stacks are its own. */
static __always_inline void left(void *ctx, struct task_struct___used *task)
{
	struct start start = { .ns = bpf_ktime_get_ns(), .place = { .pid = task->tgid, .thread = task->pid } };
	__u32 thread = task->pid;

	start.place.kernel_stack = bpf_get_stackid(ctx, &stacks, TRACING_FRAMES);
	start.place.user_stack = task->flags & PF_KTHREAD ? -1 : bpf_get_stackid(ctx, &stacks, BPF_F_USER_STACK);
	bpf_map_update_elem(&starts, &thread, &start, BPF_ANY);
}

static __always_inline void came_back(struct task_struct___used *task)
{
	__u32 thread = task->pid;
	struct start *start = bpf_map_lookup_elem(&starts, &thread);
	struct place place;
	struct wait *wait;
	__u64 ns;

	if (!start)
		return;
	ns = bpf_ktime_get_ns() - start->ns;
	place = start->place;
	bpf_map_delete_elem(&starts, &thread);
	if (ns < shortest_ns || ns > longest_ns)
		return;
	wait = bpf_map_lookup_elem(&waits, &place);
	if (!wait) {
		bpf_map_update_elem(&waits, &place, &none, BPF_NOEXIST);
		wait = bpf_map_lookup_elem(&waits, &place);
		if (!wait)
			return;
		bpf_probe_read_kernel_str(wait->comm, sizeof(wait->comm), task->comm);
	}
	/* A thread waits in one place at a time: nothing else changes its own. */
	wait->total_ns += ns;
	wait->count++;
	if (ns > wait->longest_ns)
		wait->longest_ns = ns;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(sched_switch, bool preempt, struct task_struct___used *before, struct task_struct___used *next)
{
	if (is_wanted(before))
		left(ctx, before);
	came_back(next);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
