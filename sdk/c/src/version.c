/* Which libbpf this is, and of what machine. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>

int libbpf_num_possible_cpus(void)
{
	return wasm_bpf__result(wasm_bpf_possible_cpus());
}

const char *libbpf_version_string(void)
{
	return "v1.7";
}

__u32 libbpf_major_version(void)
{
	return LIBBPF_MAJOR_VERSION;
}

__u32 libbpf_minor_version(void)
{
	return LIBBPF_MINOR_VERSION;
}
