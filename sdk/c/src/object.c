/* Objects: libbpf's opaque pointers are the host's handles. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>

#include "files.h"
#include "log_buffers.h"
#include "names.h"
#include "object_btf.h"

/* What libbpf reads of a text option: the pointer and its length. */
static wasm_bpf_ptr text_option(const char *text, uint32_t *size)
{
	*size = text ? strlen(text) : 0;
	return (uintptr_t)text;
}

struct bpf_object *bpf_object__open_mem(const void *data, size_t size,
						   const struct bpf_object_open_opts *opts)
{
	struct wasm_bpf_object_options options = { .size = sizeof(options) };
	wasm_bpf_handle object;

	if (opts) {
		options.name = text_option(opts->object_name, &options.name_size);
		options.pin_root = text_option(opts->pin_root_path, &options.pin_root_size);
		options.btf_path = text_option(opts->btf_custom_path, &options.btf_path_size);
		options.token_path = text_option(opts->bpf_token_path, &options.token_path_size);
		options.kconfig = text_option(opts->kconfig, &options.kconfig_size);
		options.kernel_log_level = opts->kernel_log_level;
		options.relaxed_maps = opts->relaxed_maps;
	}
	object = wasm_bpf_object_open(data, size, &options);
	if (object > 0 && opts && opts->kernel_log_buf)
		wasm_bpf__set_log_buffer(object, opts->kernel_log_buf, opts->kernel_log_size);
	return (struct bpf_object *)wasm_bpf__explained_pointer(object);
}

/* As libbpf: the file's name up to its first dot. */
static void name_after(const char *path, char *name, size_t size)
{
	const char *base = strrchr(path, '/');
	size_t length;

	base = base ? base + 1 : path;
	length = strcspn(base, ".");
	length = length < size ? length : size - 1;
	memcpy(name, base, length);
	name[length] = '\0';
}

/* Reads a file of the guest's: run --dir gives it folders. */
struct bpf_object *bpf_object__open_file(const char *path, const struct bpf_object_open_opts *opts)
{
	struct bpf_object_open_opts named = { .sz = sizeof(named) };
	struct bpf_object *object = NULL;
	char name[64];
	void *elf;
	size_t size;
	int saved;
	int fd = path ? open(path, O_RDONLY) : -1;

	if (!path)
		errno = EINVAL;
	if (fd < 0)
		return NULL;
	elf = wasm_bpf__read_all(fd, &size);
	if (opts)
		named = *opts;
	if (!named.object_name) {
		name_after(path, name, sizeof(name));
		named.object_name = name;
	}
	if (elf)
		object = bpf_object__open_mem(elf, size, &named);
	saved = errno;
	free(elf);
	close(fd);
	errno = saved;
	return object;
}

struct bpf_object *bpf_object__open(const char *path)
{
	return bpf_object__open_file(path, NULL);
}

int bpf_object__load(struct bpf_object *object)
{
	int result = wasm_bpf__explain(wasm_bpf_object_load(wasm_bpf__object_handle(object)));
	int saved = errno;

	if (wasm_bpf__fill_logs)
		wasm_bpf__fill_logs(wasm_bpf__object_handle(object));
	errno = saved;
	return result;
}

const char *bpf_object__name(const struct bpf_object *object)
{
	char name[256] = "";

	wasm_bpf_object_name(wasm_bpf__object_handle(object), name, sizeof(name));
	return wasm_bpf__keep_name(wasm_bpf__object_handle(object), 'o', name);
}

unsigned int bpf_object__kversion(const struct bpf_object *object)
{
	(void)object;
	return wasm_bpf_kernel_version();
}

/* Of no effect: kernels from 5.0 on, and so every one with BTF, do not look at it. */
int bpf_object__set_kversion(struct bpf_object *object, __u32 version)
{
	(void)object;
	(void)version;
	return 0;
}

void (*wasm_bpf__forget_object_btf)(const struct bpf_object *object);

void bpf_object__close(struct bpf_object *object)
{
	if (!object)
		return;
	if (wasm_bpf__forget_object_btf)
		wasm_bpf__forget_object_btf(object);
	wasm_bpf_close(wasm_bpf__object_handle(object));
}

struct bpf_map *bpf_object__find_map_by_name(const struct bpf_object *object, const char *name)
{
	return (struct bpf_map *)wasm_bpf__pointer(
		wasm_bpf_object_find_map(wasm_bpf__object_handle(object), name, strlen(name)));
}

int bpf_object__find_map_fd_by_name(const struct bpf_object *object, const char *name)
{
	return wasm_bpf__result(wasm_bpf_object_find_map(wasm_bpf__object_handle(object), name, strlen(name)));
}

struct bpf_map *bpf_object__next_map(const struct bpf_object *object, const struct bpf_map *previous)
{
	return (struct bpf_map *)wasm_bpf__pointer(
		wasm_bpf_object_next_map(wasm_bpf__object_handle(object), wasm_bpf__map_handle(previous)));
}

struct bpf_program *bpf_object__find_program_by_name(const struct bpf_object *object, const char *name)
{
	return (struct bpf_program *)wasm_bpf__pointer(
		wasm_bpf_object_find_program(wasm_bpf__object_handle(object), name, strlen(name)));
}

struct bpf_program *bpf_object__next_program(const struct bpf_object *object,
							struct bpf_program *previous)
{
	return (struct bpf_program *)wasm_bpf__pointer(
		wasm_bpf_object_next_program(wasm_bpf__object_handle(object), wasm_bpf__program_handle(previous)));
}

 

struct bpf_map *bpf_object__prev_map(const struct bpf_object *object, const struct bpf_map *next)
{
	struct bpf_map *map, *before = NULL;

	bpf_object__for_each_map(map, object) {
		if (map == next)
			break;
		before = map;
	}
	return before;
}

struct bpf_program *bpf_object__prev_program(const struct bpf_object *object, struct bpf_program *next)
{
	struct bpf_program *program, *before = NULL;

	bpf_object__for_each_program(program, object) {
		if (program == next)
			break;
		before = program;
	}
	return before;
}
