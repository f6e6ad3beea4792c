// SPDX-License-Identifier: GPL-2.0
// What the kernel says to a program, for the guest to compare.
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

struct task_struct {
	int tgid;
	struct task_struct *group_leader;
} __attribute__((preserve_access_index));

struct sock_common {
	union {
		struct {
			__u16 skc_dport;
			__u16 skc_num;
		};
	};
} __attribute__((preserve_access_index));

struct sock {
	struct sock_common __sk_common;
} __attribute__((preserve_access_index));

enum bpf_map_type___kernel {
	BPF_MAP_TYPE_RINGBUF___kernel = 1,
};

__u32 task_size, tgid_offset, leader_size, port_offset;
__u64 ringbuf_type;
__u64 schedule_address;
__s64 no_symbol;

SEC("syscall")
int ask(void *context)
{
	static const char symbol[] = "schedule", none[] = "no_such_symbol";

	task_size = bpf_core_type_size(struct task_struct);
	tgid_offset = bpf_core_field_offset(struct task_struct, tgid);
	leader_size = bpf_core_field_size(struct task_struct, group_leader);
	port_offset = bpf_core_field_offset(struct sock, __sk_common.skc_num);
	ringbuf_type = bpf_core_enum_value(enum bpf_map_type___kernel, BPF_MAP_TYPE_RINGBUF___kernel);
	no_symbol = bpf_kallsyms_lookup_name(none, sizeof(none), 0, &schedule_address);
	return bpf_kallsyms_lookup_name(symbol, sizeof(symbol), 0, &schedule_address);
}

char LICENSE[] SEC("license") = "GPL";
