//go:build ignore

// Counts by probes of every kind how often files are deleted.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define COUNTER(section, name)                          \
	__u64 name##_count;                             \
	SEC(section)                                    \
	int name(void *ctx)                             \
	{                                               \
		__sync_fetch_and_add(&name##_count, 1); \
		return 0;                               \
	}

COUNTER("kprobe", entry)
COUNTER("kretprobe", leave)
COUNTER("kprobe.multi", many)
COUNTER("ksyscall", call)
COUNTER("fentry/do_unlinkat", traced)
COUNTER("fexit/do_unlinkat", traced_end)

char LICENSE[] SEC("license") = "GPL";
