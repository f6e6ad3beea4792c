// An arena that asks to be mapped at an address of the host's choosing: not the guest's to say.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARENA);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 2);
	__ulong(map_extra, 0x7e0000000000);
} arena SEC(".maps");

SEC("syscall")
int use(void *context)
{
	return (long)&arena == 1;
}

char LICENSE[] SEC("license") = "GPL";
