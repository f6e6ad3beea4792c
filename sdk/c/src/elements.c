/* What libbpf does with an fd of a map, program or pin. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>

#include "global_data.h"

int bpf_map_lookup_elem_flags(int fd, const void *key, void *value, __u64 flags)
{
	return wasm_bpf__result(wasm_bpf_map_lookup(fd, key, value, flags));
}

int bpf_map_lookup_elem(int fd, const void *key, void *value)
{
	return bpf_map_lookup_elem_flags(fd, key, value, 0);
}

int bpf_map_update_elem(int fd, const void *key, const void *value, __u64 flags)
{
	return wasm_bpf__result(wasm_bpf_map_update(fd, key, value, flags));
}

int bpf_map_delete_elem_flags(int fd, const void *key, __u64 flags)
{
	return wasm_bpf__result(wasm_bpf_map_delete(fd, key, flags));
}

int bpf_map_delete_elem(int fd, const void *key)
{
	return bpf_map_delete_elem_flags(fd, key, 0);
}

int bpf_map_lookup_and_delete_elem_flags(int fd, const void *key, void *value, __u64 flags)
{
	return wasm_bpf__result(wasm_bpf_map_lookup_and_delete(fd, key, value, flags));
}

int bpf_map_lookup_and_delete_elem(int fd, const void *key, void *value)
{
	return bpf_map_lookup_and_delete_elem_flags(fd, key, value, 0);
}

int bpf_map_get_next_key(int fd, const void *key, void *next_key)
{
	return wasm_bpf__result(wasm_bpf_map_next_key(fd, key, next_key));
}

/* `link_fd` is bpf_link__fd() of an attached iterator; wasm_bpf_read() reads it, wasm_bpf_close() ends it. */
int bpf_iter_create(int link_fd)
{
	return wasm_bpf__explain(wasm_bpf_iterator_open(link_fd));
}

int bpf_map_lookup_batch(int fd, void *in_batch, void *out_batch, void *keys, void *values, __u32 *count,
				    const struct bpf_map_batch_opts *opts)
{
	return wasm_bpf__result(wasm_bpf_map_lookup_batch(fd, in_batch, out_batch, keys, values, count,
							  opts ? opts->elem_flags : 0, opts ? opts->flags : 0));
}

int bpf_map_lookup_and_delete_batch(int fd, void *in_batch, void *out_batch, void *keys, void *values,
					       __u32 *count, const struct bpf_map_batch_opts *opts)
{
	return wasm_bpf__result(wasm_bpf_map_lookup_and_delete_batch(fd, in_batch, out_batch, keys, values, count,
								     opts ? opts->elem_flags : 0,
								     opts ? opts->flags : 0));
}

int bpf_map_update_batch(int fd, const void *keys, const void *values, __u32 *count,
				    const struct bpf_map_batch_opts *opts)
{
	return wasm_bpf__result(wasm_bpf_map_update_batch(fd, keys, values, count, opts ? opts->elem_flags : 0,
							  opts ? opts->flags : 0));
}

int bpf_map_delete_batch(int fd, const void *keys, __u32 *count, const struct bpf_map_batch_opts *opts)
{
	return wasm_bpf__result(wasm_bpf_map_delete_batch(fd, keys, count, opts ? opts->elem_flags : 0,
							  opts ? opts->flags : 0));
}

int bpf_map_freeze(int fd)
{
	return wasm_bpf__result(wasm_bpf_map_freeze(fd));
}

/* What it gives is closed by close(). */
int bpf_map_create(enum bpf_map_type map_type, const char *map_name, __u32 key_size, __u32 value_size,
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
int bpf_map_get_info_by_fd(int map_fd, struct bpf_map_info *info, __u32 *info_len)
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

int bpf_obj_pin_opts(int fd, const char *pathname, const struct bpf_obj_pin_opts *opts)
{
	if (opts && (opts->file_flags || opts->path_fd))
		return wasm_bpf__unsupported("bpf_obj_pin_opts: guests cannot give file_flags and path_fd");
	return wasm_bpf__result(wasm_bpf_pin(fd, pathname, strlen(pathname)));
}

int bpf_obj_pin(int fd, const char *pathname)
{
	return bpf_obj_pin_opts(fd, pathname, NULL);
}

/* A map or a link; what it gives is closed by close(). */
int bpf_obj_get_opts(const char *pathname, const struct bpf_obj_get_opts *opts)
{
	if (opts && opts->path_fd)
		return wasm_bpf__unsupported("bpf_obj_get_opts: guests cannot give path_fd");
	__u32 flags = opts ? opts->file_flags : 0;
	int32_t handle = wasm_bpf_open_pinned(pathname, strlen(pathname), WASM_BPF_PINNED_MAP, flags);

	if (handle == -EINVAL)
		handle = wasm_bpf_open_pinned(pathname, strlen(pathname), WASM_BPF_PINNED_LINK, flags);
	return wasm_bpf__result(handle);
}

int bpf_obj_get(const char *pathname)
{
	return bpf_obj_get_opts(pathname, NULL);
}

int bpf_prog_test_run_opts(int prog_fd, struct bpf_test_run_opts *opts)
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

/* The kernel's own, but for what pointers in `info` ask for: their numbers are there, their content is not given. */
int bpf_prog_get_info_by_fd(int prog_fd, struct bpf_prog_info *info, __u32 *info_len)
{
	struct bpf_prog_info result = { 0 };
	int error = wasm_bpf__result(wasm_bpf_program_kernel_info(prog_fd, &result, sizeof(result)));

	if (error)
		return error;
	if (*info_len > sizeof(result))
		*info_len = sizeof(result);
	memcpy(info, &result, *info_len);
	return 0;
}

/* Of maps, programs and links, by what the handle names. */
int bpf_obj_get_info_by_fd(int bpf_fd, void *info, __u32 *info_len)
{
	struct wasm_bpf_map_info map;
	struct wasm_bpf_program_info program;

	if (wasm_bpf_map_info(bpf_fd, &map, sizeof(map)) == 0)
		return bpf_map_get_info_by_fd(bpf_fd, info, info_len);
	if (wasm_bpf_program_info(bpf_fd, &program, sizeof(program)) == 0)
		return bpf_prog_get_info_by_fd(bpf_fd, info, info_len);
	return bpf_link_get_info_by_fd(bpf_fd, info, info_len);
}
