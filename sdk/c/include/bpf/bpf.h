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
#include <wasm_bpf/global_data.h>
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

struct bpf_map_batch_opts {
	size_t sz;
	__u64 elem_flags;
	__u64 flags;
};

LIBBPF_API int bpf_map_lookup_batch(int fd, void *in_batch, void *out_batch, void *keys, void *values, __u32 *count,
				    const struct bpf_map_batch_opts *opts)
{
	return wasm_bpf__result(wasm_bpf_map_lookup_batch(fd, in_batch, out_batch, keys, values, count,
							  opts ? opts->elem_flags : 0, opts ? opts->flags : 0));
}

LIBBPF_API int bpf_map_lookup_and_delete_batch(int fd, void *in_batch, void *out_batch, void *keys, void *values,
					       __u32 *count, const struct bpf_map_batch_opts *opts)
{
	return wasm_bpf__result(wasm_bpf_map_lookup_and_delete_batch(fd, in_batch, out_batch, keys, values, count,
								     opts ? opts->elem_flags : 0,
								     opts ? opts->flags : 0));
}

LIBBPF_API int bpf_map_update_batch(int fd, const void *keys, const void *values, __u32 *count,
				    const struct bpf_map_batch_opts *opts)
{
	return wasm_bpf__result(wasm_bpf_map_update_batch(fd, keys, values, count, opts ? opts->elem_flags : 0,
							  opts ? opts->flags : 0));
}

LIBBPF_API int bpf_map_delete_batch(int fd, const void *keys, __u32 *count, const struct bpf_map_batch_opts *opts)
{
	return wasm_bpf__result(wasm_bpf_map_delete_batch(fd, keys, count, opts ? opts->elem_flags : 0,
							  opts ? opts->flags : 0));
}

LIBBPF_API int bpf_map_freeze(int fd)
{
	return wasm_bpf__result(wasm_bpf_map_freeze(fd));
}

struct bpf_map_create_opts {
	size_t sz;
	__u32 btf_fd; /* of bpf_object__btf_fd(), of a loaded object */
	__u32 btf_key_type_id;
	__u32 btf_value_type_id;
	__u32 btf_vmlinux_value_type_id;
	__u32 inner_map_fd;
	__u32 map_flags;
	__u64 map_extra;
	__u32 numa_node;
	__u32 map_ifindex;
	__s32 value_type_btf_obj_fd;
	__u32 token_fd;
	const void *excl_prog_hash;
	__u32 excl_prog_hash_size;
};

/* What it gives is closed by close(). */
LIBBPF_API int bpf_map_create(enum bpf_map_type map_type, const char *map_name, __u32 key_size, __u32 value_size,
			      __u32 max_entries, const struct bpf_map_create_opts *opts)
{
	struct wasm_bpf_map_create_options options = {
		.size = sizeof(options),
		.type = map_type,
		.key_size = key_size,
		.value_size = value_size,
		.max_entries = max_entries,
		.name = (uintptr_t)map_name,
		.name_size = map_name ? strlen(map_name) : 0,
	};

	if (opts) {
		if (opts->btf_vmlinux_value_type_id || opts->value_type_btf_obj_fd || opts->token_fd ||
		    opts->excl_prog_hash_size)
			return wasm_bpf__unsupported(
				"bpf_map_create: guests cannot give types of the kernel, tokens and program hashes");
		options.map_flags = opts->map_flags;
		options.map_extra = opts->map_extra;
		options.inner = (wasm_bpf_handle)opts->inner_map_fd;
		options.numa_node = opts->numa_node;
		options.interface_index = opts->map_ifindex;
		options.btf_object = (wasm_bpf_handle)opts->btf_fd;
		options.btf_key_type_id = opts->btf_key_type_id;
		options.btf_value_type_id = opts->btf_value_type_id;
	}
	return wasm_bpf__result(wasm_bpf_map_create(&options));
}

/* What of it the host tells: type, id, sizes, flags, name, ifindex, map_extra and the ids of the BTF types. */
LIBBPF_API int bpf_map_get_info_by_fd(int map_fd, struct bpf_map_info *info, __u32 *info_len)
{
	struct wasm_bpf_map_info own;
	int result = wasm_bpf__result(wasm_bpf_map_info(map_fd, &own, sizeof(own)));

	if (result)
		return result;
	struct bpf_map_info all = {
		.type = own.type,
		.id = own.id,
		.key_size = own.key_size,
		.value_size = own.value_size,
		.max_entries = own.max_entries,
		.map_flags = own.map_flags,
		.ifindex = own.interface_index,
		.btf_key_type_id = own.btf_key_type_id,
		.btf_value_type_id = own.btf_value_type_id,
		.map_extra = own.map_extra,
	};
	memcpy(all.name, own.name, sizeof(all.name) - 1);
	if (*info_len > sizeof(all))
		*info_len = sizeof(all);
	memcpy(info, &all, *info_len);
	return 0;
}

struct bpf_obj_pin_opts {
	size_t sz;
	__u32 file_flags;
	int path_fd;
};

LIBBPF_API int bpf_obj_pin_opts(int fd, const char *pathname, const struct bpf_obj_pin_opts *opts)
{
	if (opts && (opts->file_flags || opts->path_fd))
		return wasm_bpf__unsupported("bpf_obj_pin_opts: guests cannot give file_flags and path_fd");
	return wasm_bpf__result(wasm_bpf_pin(fd, pathname, strlen(pathname)));
}

LIBBPF_API int bpf_obj_pin(int fd, const char *pathname)
{
	return bpf_obj_pin_opts(fd, pathname, NULL);
}

struct bpf_obj_get_opts {
	size_t sz;
	__u32 file_flags; /* BPF_F_RDONLY, BPF_F_WRONLY */
	int path_fd;
};

/* A map or a link; what it gives is closed by close(). */
LIBBPF_API int bpf_obj_get_opts(const char *pathname, const struct bpf_obj_get_opts *opts)
{
	if (opts && opts->path_fd)
		return wasm_bpf__unsupported("bpf_obj_get_opts: guests cannot give path_fd");
	__u32 flags = opts ? opts->file_flags : 0;
	int32_t handle = wasm_bpf_open_pinned(pathname, strlen(pathname), WASM_BPF_PINNED_MAP, flags);

	if (handle == -WASM_BPF_EINVAL)
		handle = wasm_bpf_open_pinned(pathname, strlen(pathname), WASM_BPF_PINNED_LINK, flags);
	return wasm_bpf__result(handle);
}

LIBBPF_API int bpf_obj_get(const char *pathname)
{
	return bpf_obj_get_opts(pathname, NULL);
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
	int result = wasm_bpf__sync();

	if (result == 0)
		result = wasm_bpf__result(wasm_bpf_program_test_run(prog_fd, &run));
	opts->data_size_out = run.data_out_size;
	opts->ctx_size_out = run.context_out_size;
	opts->retval = run.return_value;
	opts->duration = run.duration_ns;
	return result < 0 ? result : wasm_bpf__sync() < 0 ? -errno : result;
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
