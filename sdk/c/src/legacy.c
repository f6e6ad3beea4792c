/* What programs written for older libbpfs and kernels still call. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <bpf/libbpf_legacy.h>

/* libbpf 1.x does nothing either: everything is strict. */
int libbpf_set_strict_mode(enum libbpf_strict_mode mode)
{
	(void)mode;
	return 0;
}

/* The host sees to the limit of locked memory where the kernel is so old as to have one for BPF. */
int libbpf_set_memlock_rlim(size_t memlock_bytes)
{
	(void)memlock_bytes;
	return 0;
}

enum bpf_prog_type bpf_program__get_type(const struct bpf_program *program)
{
	return bpf_program__type(program);
}

enum bpf_attach_type bpf_program__get_expected_attach_type(const struct bpf_program *program)
{
	return bpf_program__expected_attach_type(program);
}
