// Asks for a type that no kernel has: libbpf looks for it in the kernel's modules, too.
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

struct of_no_kernel {
	int member;
} __attribute__((preserve_access_index));

SEC("raw_tp/sys_enter")
int has_type(void *context)
{
	return bpf_core_type_exists(struct of_no_kernel);
}

char LICENSE[] SEC("license") = "GPL";
