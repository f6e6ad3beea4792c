// Measures how long a function in user space takes.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "../log2_slot.bpf.h"
#include "funclat.h"

const volatile __u32 unit_ns = 1;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, __u32);   /* thread */
	__type(value, __u64); /* when it entered, ns */
} entered SEC(".maps");

struct histogram histogram;

SEC("uprobe")
int function_entry(struct pt_regs *ctx)
{
	__u32 thread = bpf_get_current_pid_tgid();
	__u64 now = bpf_ktime_get_ns();

	if (bpf_map_update_elem(&entered, &thread, &now, BPF_ANY))
		__sync_fetch_and_add(&histogram.missed, 1);
	return 0;
}

SEC("uretprobe")
int function_return(struct pt_regs *ctx)
{
	__u64 now = bpf_ktime_get_ns(), took;
	__u32 thread = bpf_get_current_pid_tgid();
	__u64 *since = bpf_map_lookup_elem(&entered, &thread);
	__u32 slot;

	if (!since)
		return 0;
	took = (now - *since) / unit_ns;
	bpf_map_delete_elem(&entered, &thread);
	slot = log2_slot(took, SLOTS);
	if (slot < SLOTS) { /* the verifier wants it said here */
		__sync_fetch_and_add(&histogram.slots[slot], 1);
		__sync_fetch_and_add(&histogram.total, took);
	}
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
