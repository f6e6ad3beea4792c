// Counts the calls of the kernel's file system functions: by fentry, or by kprobe where the kernel has none.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "vfscount.h"

const volatile __u32 only_process = 0; /* 0: all */

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct counters);
} counters SEC(".maps");

static __always_inline int count(enum operation operation)
{
	__u32 first = 0;
	struct counters *mine;

	if (only_process && only_process != bpf_get_current_pid_tgid() >> 32)
		return 0;
	mine = bpf_map_lookup_elem(&counters, &first);
	if (mine)
		mine->counts[operation]++;
	return 0;
}

#define COUNTED(function, operation)                      \
	SEC("fentry/" #function)                          \
	int fentry_##function(void *ctx)                  \
	{                                                 \
		return count(operation);                  \
	}                                                 \
	SEC("kprobe/" #function)                          \
	int kprobe_##function(void *ctx)                  \
	{                                                 \
		return count(operation);                  \
	}

COUNTED(vfs_open, OPEN)
COUNTED(vfs_read, READ)
COUNTED(vfs_write, WRITE)
COUNTED(vfs_fsync_range, FSYNC)
COUNTED(vfs_unlink, UNLINK)
COUNTED(vfs_rename, RENAME)
COUNTED(vfs_mkdir, MKDIR)
COUNTED(vfs_rmdir, RMDIR)

char LICENSE[] SEC("license") = "GPL";
