// Counts system calls and the time that they take: by call, or by process.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "syscount.h"

const volatile __u32 only_process = 0; /* 0: all */
const volatile bool by_process = false;
const volatile bool only_failed = false;
const volatile __s32 only_error = 0; /* an errno value; 0: any */

struct start {
	__u64 ns;
	__u32 call;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32); /* thread */
	__type(value, struct start);
} starts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, MOST_KEYS);
	__type(key, __u32); /* system call, or process */
	__type(value, struct calls);
} counts SEC(".maps");

static const struct calls none;

SEC("raw_tp/sys_enter")
int BPF_PROG(enter, struct pt_regs *registers, long call)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 thread = id;
	struct start start = { .call = call };

	if (only_process && only_process != id >> 32)
		return 0;
	start.ns = bpf_ktime_get_ns();
	bpf_map_update_elem(&starts, &thread, &start, BPF_ANY);
	return 0;
}

SEC("raw_tp/sys_exit")
int BPF_PROG(leave, struct pt_regs *registers, long result)
{
	__u64 id = bpf_get_current_pid_tgid(), now = bpf_ktime_get_ns();
	__u32 thread = id, key;
	struct start *start = bpf_map_lookup_elem(&starts, &thread);
	struct calls *calls;

	if (!start)
		return 0;
	key = by_process ? id >> 32 : start->call;
	if ((only_failed && (result >= 0 || result < -4095)) || (only_error && result != -only_error))
		goto end;
	calls = bpf_map_lookup_elem(&counts, &key);
	if (!calls) {
		bpf_map_update_elem(&counts, &key, &none, BPF_NOEXIST);
		calls = bpf_map_lookup_elem(&counts, &key);
		if (!calls)
			goto end;
	}
	if (by_process && !calls->count)
		bpf_get_current_comm(calls->comm, sizeof(calls->comm));
	calls->count++;
	calls->total_ns += now - start->ns;
end:
	bpf_map_delete_elem(&starts, &thread);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
