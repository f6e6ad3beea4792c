// What no kernel has, with guards and without.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#define relocated __attribute__((preserve_access_index))

struct task_struct {
	int pid;
	int no_such_field;
	int another_missing_field;
} relocated;

struct task_struct___other {
	int field_of_another_kernel;
} relocated;

struct no_such_type {
	int field;
} relocated;

enum bpf_func_id___check {
	BPF_FUNC_no_such_helper___check = 9999,
};

extern int LINUX_KERNEL_VERSION __kconfig;
extern int no_such_kfunc(int number) __ksym __weak;
extern const int no_such_variable __ksym __weak;
static long (*no_such_helper)(void) = (void *)9999;
long total;

static __noinline int in_a_subprogram(struct task_struct *task)
{
	return BPF_CORE_READ(task, another_missing_field);
}

// Asks first, in every way that there is.
SEC("raw_tp/sys_enter")
int guarded(void *context)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	total += BPF_CORE_READ(task, pid);
	if (bpf_core_field_exists(task->no_such_field))
		total += BPF_CORE_READ(task, no_such_field);
	else if (bpf_core_field_exists(((struct task_struct___other *)task)->field_of_another_kernel))
		total += BPF_CORE_READ((struct task_struct___other *)task, field_of_another_kernel);
	if (bpf_core_type_exists(struct no_such_type))
		total += BPF_CORE_READ((struct no_such_type *)task, field);
	if (bpf_core_enum_value_exists(enum bpf_func_id___check, BPF_FUNC_no_such_helper___check))
		total += no_such_helper();
	if (LINUX_KERNEL_VERSION > (99 << 16))
		total += BPF_CORE_READ(task, another_missing_field);
	if (bpf_ksym_exists(no_such_kfunc))
		total += no_such_kfunc(1);
	if (&no_such_variable)
		total += no_such_helper();
	return 0;
}

SEC("raw_tp/sys_exit")
int unguarded(void *context)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	if (total > 10)
		total += BPF_CORE_READ(task, no_such_field);
	return in_a_subprogram(task) + BPF_CORE_READ((struct no_such_type *)task, field) +
	       bpf_core_enum_value(enum bpf_func_id___check, BPF_FUNC_no_such_helper___check);
}

SEC("raw_tp/sys_exit")
int calling(void *context)
{
	return no_such_kfunc(1) + no_such_helper();
}

SEC("?raw_tp/no_such_tracepoint")
int optional(void *context)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
