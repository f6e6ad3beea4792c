#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int wanted;
__u64 seen, writes;
__u64 pid_namespace_device, pid_namespace_inode;
int pid_in_namespace;

SEC("raw_tp/sys_enter")
int count_calls(void *context)
{
	struct bpf_pidns_info pid = {};

	if (bpf_get_current_pid_tgid() >> 32 != (__u64)wanted)
		return 0;
	__sync_fetch_and_add(&seen, 1);
	if (pid_namespace_inode && !bpf_get_ns_current_pid_tgid(pid_namespace_device, pid_namespace_inode, &pid, sizeof(pid)))
		pid_in_namespace = pid.tgid;
	return 0;
}

SEC("tp/syscalls/sys_enter_write")
int count_writes(void *context)
{
	if (bpf_get_current_pid_tgid() >> 32 == (__u64)wanted)
		__sync_fetch_and_add(&writes, 1);
	return 0;
}

SEC("socket")
int filter(struct __sk_buff *packet)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
