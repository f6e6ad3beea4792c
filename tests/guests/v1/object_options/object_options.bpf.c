// SPDX-License-Identifier: GPL-2.0
// Says what the object's options made of it.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern unsigned int CONFIG_WASM_BPF_TEST __kconfig __weak;

struct task_struct {
	int tgid;
} __attribute__((preserve_access_index));

SEC("syscall")
int setting(void *context)
{
	return CONFIG_WASM_BPF_TEST;
}

/* Relocated by the BTF. */
SEC("raw_tp/sys_enter")
int offset_of_tgid(void *context)
{
	struct task_struct *task = 0;

	return (long)__builtin_preserve_access_index(&task->tgid);
}

char LICENSE[] SEC("license") = "GPL";
