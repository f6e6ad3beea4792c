// SPDX-License-Identifier: GPL-2.0
// Types for the guest to read, and the kernel's word on one of its own.
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

struct task_struct {
	int tgid;
} __attribute__((preserve_access_index));

enum color { RED, GREEN = 7 };

struct shown {
	__u32 number;
	enum color color;
	char text[8];
	long machine_word;
};

struct shown shown = { .number = 5, .color = GREEN, .text = "seven", .machine_word = 9 };
__u32 task_size, tgid_id, task_id;

SEC("syscall")
int ask(void *context)
{
	task_size = bpf_core_type_size(struct task_struct);
	task_id = bpf_core_type_id_kernel(struct task_struct);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
