// Every kind of CO-RE relocation, and every way through the kernel's types.
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#define CORE __attribute__((preserve_access_index))

struct sched_entity___few {
	__u64 vruntime;
} CORE;

struct upid {
	int nr;
} CORE;

struct pid {
	unsigned int level;
	struct upid numbers[];
} CORE;

struct task_struct {
	int tgid;
	char comm[16];
	struct sched_entity___few se;
	struct pid *thread_pid;
	struct task_struct *real_parent;
} CORE;

struct task_struct___old {
	long state_of_old_kernels;
} CORE;

struct sk_buff {
	unsigned int len;
	__u16 protocol;      /* in an anonymous struct in an anonymous union */
	__u8 ip_summed : 2;
	unsigned int hash;
} CORE;

typedef unsigned long long u64;
typedef void (*work_func_t)(void *work);

struct list_head {
	struct list_head *next, *prev;
} CORE;

struct hlist_head {
	int *first; /* of another type in the kernel */
} CORE;

enum pid_type {
	PIDTYPE_PID = 7,
	PIDTYPE_TGID = 8,
};

enum pid_type___newer {
	PIDTYPE_OF_NO_KERNEL = 1,
};

__u64 facts[32];

SEC("raw_tp/sys_enter")
int fields(void *context)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct sk_buff *buffer = (void *)bpf_get_current_task();

	facts[0] = BPF_CORE_READ(task, real_parent, tgid);
	facts[1] = BPF_CORE_READ(task, se.vruntime);
	facts[2] = BPF_CORE_READ(task, thread_pid, numbers[1].nr);
	facts[3] = bpf_core_field_offset(task->comm[3]);
	facts[4] = bpf_core_field_size(task->comm);
	facts[5] = bpf_core_field_exists(((struct task_struct___old *)task)->state_of_old_kernels);
	facts[6] = BPF_CORE_READ_BITFIELD_PROBED(buffer, ip_summed);
	facts[7] = BPF_CORE_READ(buffer, protocol);
	facts[8] = bpf_core_field_exists(buffer->hash);
	facts[9] = bpf_core_field_exists(struct pid, numbers);
	facts[10] = __builtin_preserve_field_info(buffer->len, BPF_FIELD_SIGNED);
	return 0;
}

SEC("raw_tp/sys_enter")
int types(void *context)
{
	facts[11] = bpf_core_type_exists(struct task_struct);
	facts[12] = bpf_core_type_exists(u64);
	facts[13] = bpf_core_type_exists(work_func_t);
	facts[14] = bpf_core_type_size(struct sk_buff);
	facts[15] = bpf_core_type_size(u64);
	facts[16] = bpf_core_type_matches(struct list_head);
	facts[17] = bpf_core_type_matches(struct hlist_head);
	facts[18] = bpf_core_type_matches(struct task_struct);
	facts[19] = bpf_core_enum_value(enum pid_type, PIDTYPE_TGID);
	facts[20] = bpf_core_enum_value_exists(enum pid_type, PIDTYPE_PID);
	facts[21] = bpf_core_enum_value_exists(enum pid_type___newer, PIDTYPE_OF_NO_KERNEL);
	facts[22] = bpf_core_type_id_local(struct task_struct);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
