/* libbpf's <bpf/libbpf.h> for guests: the same names, signatures, options and results (libbpf 1.x: null and errno for
 * pointers, negative errno values for numbers), on the host's functions in <wasm_bpf/abi.h>. Opaque pointers are
 * handles, and so is what bpf_map__fd() and bpf_program__fd() give: use it with these headers' functions only. */
#ifndef __LIBBPF_LIBBPF_H
#define __LIBBPF_LIBBPF_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <bpf/bpf.h>
#include <bpf/libbpf_common.h>
#include <wasm_bpf/attach.h>
#include <wasm_bpf/attach_multi.h>
#include <wasm_bpf/attach_network.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/iterator.h>
#include <wasm_bpf/kernel_facts.h>
#include <wasm_bpf/link.h>
#include <wasm_bpf/map.h>
#include <wasm_bpf/object.h>
#include <wasm_bpf/perf_buffer.h>
#include <wasm_bpf/perf_event.h>
#include <wasm_bpf/ring_buffer.h>
#include <wasm_bpf/tc.h>
#include <wasm_bpf/type_names.h>
#include <wasm_bpf/user_ring_buffer.h>

#ifdef __cplusplus
extern "C" {
#endif

LIBBPF_API int libbpf_num_possible_cpus(void)
{
	return wasm_bpf__result(wasm_bpf_possible_cpus());
}

LIBBPF_API const char *libbpf_version_string(void)
{
	return "v1.7";
}

LIBBPF_API __u32 libbpf_major_version(void)
{
	return LIBBPF_MAJOR_VERSION;
}

LIBBPF_API __u32 libbpf_minor_version(void)
{
	return LIBBPF_MINOR_VERSION;
}

#ifdef __cplusplus
}
#endif

#endif
