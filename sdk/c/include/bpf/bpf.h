/* libbpf's <bpf/bpf.h> for guests: what it does with an fd, done with the handle that bpf_map__fd() and
 * bpf_program__fd() give. The same names, results and errno values. */
#ifndef __LIBBPF_BPF_H
#define __LIBBPF_BPF_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bpf/libbpf_common.h>
#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/link_fd.h>
#include <wasm_bpf/prog_attach.h>

#ifdef __cplusplus
extern "C" {
#endif

LIBBPF_API int bpf_map_lookup_elem_flags(int fd, const void *key, void *value, __u64 flags)
{
	return wasm_bpf__result(wasm_bpf_map_lookup(fd, key, value, flags));
}

LIBBPF_API int bpf_map_lookup_elem(int fd, const void *key, void *value)
{
	return bpf_map_lookup_elem_flags(fd, key, value, 0);
}

LIBBPF_API int bpf_map_update_elem(int fd, const void *key, const void *value, __u64 flags)
{
	return wasm_bpf__result(wasm_bpf_map_update(fd, key, value, flags));
}

LIBBPF_API int bpf_map_delete_elem_flags(int fd, const void *key, __u64 flags)
{
	return wasm_bpf__result(wasm_bpf_map_delete(fd, key, flags));
}

LIBBPF_API int bpf_map_delete_elem(int fd, const void *key)
{
	return bpf_map_delete_elem_flags(fd, key, 0);
}

LIBBPF_API int bpf_map_lookup_and_delete_elem_flags(int fd, const void *key, void *value, __u64 flags)
{
	return wasm_bpf__result(wasm_bpf_map_lookup_and_delete(fd, key, value, flags));
}

LIBBPF_API int bpf_map_lookup_and_delete_elem(int fd, const void *key, void *value)
{
	return bpf_map_lookup_and_delete_elem_flags(fd, key, value, 0);
}

LIBBPF_API int bpf_map_get_next_key(int fd, const void *key, void *next_key)
{
	return wasm_bpf__result(wasm_bpf_map_next_key(fd, key, next_key));
}

/* `link_fd` is bpf_link__fd() of an attached iterator; wasm_bpf_read() reads it, wasm_bpf_close() ends it. */
LIBBPF_API int bpf_iter_create(int link_fd)
{
	return wasm_bpf__explain(wasm_bpf_iterator_open(link_fd));
}

struct bpf_test_run_opts {
	size_t sz;
	const void *data_in;
	void *data_out;
	__u32 data_size_in;
	__u32 data_size_out; /* in: room; out: bytes written */
	const void *ctx_in;
	void *ctx_out;
	__u32 ctx_size_in;
	__u32 ctx_size_out; /* in: room; out: bytes written */
	__u32 retval;       /* out */
	int repeat;
	__u32 duration; /* out: nanoseconds, the average of a repetition */
	__u32 flags;
	__u32 cpu;
	__u32 batch_size;
};

LIBBPF_API int bpf_prog_test_run_opts(int prog_fd, struct bpf_test_run_opts *opts)
{
	struct wasm_bpf_test_run_options run = {
		.size = sizeof(run),
		.data_in = (uintptr_t)opts->data_in,
		.data_in_size = opts->data_size_in,
		.data_out = (uintptr_t)opts->data_out,
		.data_out_size = opts->data_size_out,
		.context_in = (uintptr_t)opts->ctx_in,
		.context_in_size = opts->ctx_size_in,
		.context_out = (uintptr_t)opts->ctx_out,
		.context_out_size = opts->ctx_size_out,
		.repeat = (uint32_t)opts->repeat,
		.flags = opts->flags,
		.cpu = opts->cpu,
		.batch_size = opts->batch_size,
	};
	int result = wasm_bpf__result(wasm_bpf_program_test_run(prog_fd, &run));

	opts->data_size_out = run.data_out_size;
	opts->ctx_size_out = run.context_out_size;
	opts->retval = run.return_value;
	opts->duration = run.duration_ns;
	return result;
}

/* Of the kernel's struct: type, id and name; the rest is 0. */
LIBBPF_API int bpf_prog_get_info_by_fd(int prog_fd, struct bpf_prog_info *info, __u32 *info_len)
{
	struct wasm_bpf_program_info known;
	struct bpf_prog_info result = { 0 };
	int error = wasm_bpf__result(wasm_bpf_program_info(prog_fd, &known, sizeof(known)));

	if (error)
		return error;
	result.type = known.type;
	result.id = known.id;
	memcpy(result.name, known.name, sizeof(result.name) - 1);
	if (*info_len > sizeof(result))
		*info_len = sizeof(result);
	memcpy(info, &result, *info_len);
	return 0;
}

#ifdef __cplusplus
}
#endif

#endif
