/* What the kernel has. */
#include <bpf/libbpf.h>
#include <errno.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>

static int probe(uint32_t kind, uint32_t type, uint32_t helper, const void *opts)
{
	if (opts)
		return -(errno = EINVAL);
	return wasm_bpf__result(wasm_bpf_feature_probe(kind, type, helper));
}

int libbpf_probe_bpf_prog_type(enum bpf_prog_type prog_type, const void *opts)
{
	return probe(WASM_BPF_FEATURE_PROGRAM_TYPE, prog_type, 0, opts);
}

int libbpf_probe_bpf_map_type(enum bpf_map_type map_type, const void *opts)
{
	return probe(WASM_BPF_FEATURE_MAP_TYPE, map_type, 0, opts);
}

int libbpf_probe_bpf_helper(enum bpf_prog_type prog_type, enum bpf_func_id helper_id, const void *opts)
{
	return probe(WASM_BPF_FEATURE_HELPER, prog_type, helper_id, opts);
}
