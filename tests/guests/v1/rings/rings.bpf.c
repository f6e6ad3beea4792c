// SPDX-License-Identifier: GPL-2.0
// Ring buffers filled by test runs, or by the calls of a process. No global variables: those are windows too.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "rings.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} first SEC(".maps"), third SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8192);
} second SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct state);
} states SEC(".maps");

struct turn {
	struct order order;
	struct state *state;
	__u32 lost;
};

static __always_inline long put(void *ring, struct turn *turn, __u64 number)
{
	__u32 size = turn->order.size;
	__u64 *discarded;

	if (turn->order.discard_every && number % turn->order.discard_every == 0) {
		discarded = bpf_ringbuf_reserve(ring, 24, 0);
		if (!discarded)
			return -1;
		*discarded = number;
		bpf_ringbuf_discard(discarded, 0);
		return 0;
	}
	turn->state->record.number = number;
	if (size > sizeof(turn->state->record))
		return -1;
	return bpf_ringbuf_output(ring, &turn->state->record, size, 0);
}

static long emit_one(__u32 index, void *context)
{
	struct turn *turn = context;
	__u64 number = turn->order.first + index;
	long error = turn->order.ring == 0 ? put(&first, turn, number) :
		     turn->order.ring == 1 ? put(&second, turn, number) :
					     put(&third, turn, number);
	if (error)
		turn->lost++;
	return 0;
}

SEC("syscall")
int emit(struct order *order)
{
	struct turn turn = { .order = *order };
	__u32 zero = 0;

	turn.state = bpf_map_lookup_elem(&states, &zero);
	if (!turn.state)
		return -1;
	bpf_loop(turn.order.count, emit_one, &turn, 0);
	return turn.lost;
}

SEC("tracepoint/syscalls/sys_enter_getpgid")
int called(void *context)
{
	__u32 zero = 0;
	struct state *state = bpf_map_lookup_elem(&states, &zero);
	__u64 number;

	(void)context;
	if (!state || bpf_get_current_pid_tgid() >> 32 != state->producer)
		return 0;
	number = __sync_fetch_and_add(&state->calls, 1);
	bpf_ringbuf_output(&first, &number, sizeof(number), 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
