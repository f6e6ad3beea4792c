// Counts the stacks on which samples by a clock find the CPUs.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "cpuprofile.h"

const volatile __u32 only_process = 0; /* 0: all */
const volatile bool with_idle = false;
const volatile bool user_stacks = true;
const volatile bool kernel_stacks = true;

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
	__type(value, __u64);
} samples SEC(".maps");

SEC("perf_event")
int sample(struct bpf_perf_event_data *ctx)
{
	__u64 one = 1, *count;
	struct place place = { .pid = bpf_get_current_pid_tgid() >> 32, .kernel_stack = -1, .user_stack = -1 };

	if ((only_process && only_process != place.pid) || (!place.pid && !with_idle))
		return 0;
	bpf_get_current_comm(place.comm, sizeof(place.comm));
	if (kernel_stacks)
		place.kernel_stack = bpf_get_stackid(ctx, &stacks, 0);
	if (user_stacks)
		place.user_stack = bpf_get_stackid(ctx, &stacks, BPF_F_USER_STACK);
	count = bpf_map_lookup_elem(&samples, &place);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&samples, &place, &one, BPF_NOEXIST);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
