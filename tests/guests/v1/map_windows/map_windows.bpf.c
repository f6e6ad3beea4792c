// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

const volatile __u32 step = 3;
__u64 counter;
__u64 seen_level;
__u32 level = 7;
SEC(".data.custom") __u64 custom = 1;
extern unsigned int LINUX_KERNEL_VERSION __kconfig;
__u64 seen_version;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 600);
	__type(key, __u32);
	__type(value, __u64);
} shared SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE | BPF_F_RDONLY_PROG);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} table SEC(".maps");

SEC("syscall")
int advance(void *context)
{
	__u32 second = 1;
	__u64 *value = bpf_map_lookup_elem(&shared, &second);

	(void)context;
	counter += step;
	seen_level = level;
	seen_version = LINUX_KERNEL_VERSION;
	custom <<= 1;
	if (value)
		*value = counter;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
