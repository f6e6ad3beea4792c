/* Objects and programs: libbpf's opaque pointers are the host's handles. Part of <bpf/libbpf.h>. */
#ifndef WASM_BPF_OBJECT_H
#define WASM_BPF_OBJECT_H

#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf.h>
#include <wasm_bpf/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bpf_object;
struct bpf_map;
struct bpf_program;

static inline wasm_bpf_handle wasm_bpf__object_handle(const struct bpf_object *object)
{
	return (wasm_bpf_handle)(uintptr_t)object;
}

static inline wasm_bpf_handle wasm_bpf__map_handle(const struct bpf_map *map)
{
	return (wasm_bpf_handle)(uintptr_t)map;
}

static inline wasm_bpf_handle wasm_bpf__program_handle(const struct bpf_program *program)
{
	return (wasm_bpf_handle)(uintptr_t)program;
}

/* libbpf's names belong to the object; the host gives copies. Each is kept once, to the guest's end. */
struct wasm_bpf__name {
	struct wasm_bpf__name *next;
	wasm_bpf_handle handle;
	char kind;
	char text[];
};
__attribute__((weak)) struct wasm_bpf__name *wasm_bpf__names;

static inline const char *wasm_bpf__keep_name(wasm_bpf_handle handle, char kind, const char *text)
{
	struct wasm_bpf__name *name = wasm_bpf__names;

	while (name && (name->handle != handle || name->kind != kind))
		name = name->next;
	if (name)
		return name->text;
	name = (struct wasm_bpf__name *)malloc(sizeof(*name) + strlen(text) + 1);
	if (!name)
		return NULL;
	name->next = wasm_bpf__names;
	name->handle = handle;
	name->kind = kind;
	strcpy(name->text, text);
	wasm_bpf__names = name;
	return name->text;
}

/* Objects */

struct bpf_object_open_opts {
	size_t sz;
	const char *object_name;
	bool relaxed_maps;
	const char *pin_root_path;
	__u32 : 32;
	const char *kconfig;
	const char *btf_custom_path; /* the host's: wasm-bpf run --btf */
	char *kernel_log_buf;
	size_t kernel_log_size;
	__u32 kernel_log_level;
	const char *bpf_token_path;
};

LIBBPF_API struct bpf_object *bpf_object__open_mem(const void *data, size_t size,
						   const struct bpf_object_open_opts *opts)
{
	struct wasm_bpf_object_options options = { .size = sizeof(options) };

	if (opts && (opts->pin_root_path || opts->kconfig || opts->btf_custom_path || opts->kernel_log_buf ||
		     opts->bpf_token_path)) {
		wasm_bpf__unsupported("bpf_object__open_mem: of its options guests can set object_name alone");
		return NULL;
	}
	if (opts && opts->object_name) {
		options.name = (uintptr_t)opts->object_name;
		options.name_size = strlen(opts->object_name);
	}
	return (struct bpf_object *)wasm_bpf__explained_pointer(wasm_bpf_object_open(data, size, &options));
}

LIBBPF_API int bpf_object__load(struct bpf_object *object)
{
	return wasm_bpf__explain(wasm_bpf_object_load(wasm_bpf__object_handle(object)));
}

LIBBPF_API void bpf_object__close(struct bpf_object *object)
{
	if (object)
		wasm_bpf_close(wasm_bpf__object_handle(object));
}

LIBBPF_API struct bpf_map *bpf_object__find_map_by_name(const struct bpf_object *object, const char *name)
{
	return (struct bpf_map *)wasm_bpf__pointer(
		wasm_bpf_object_find_map(wasm_bpf__object_handle(object), name, strlen(name)));
}

LIBBPF_API int bpf_object__find_map_fd_by_name(const struct bpf_object *object, const char *name)
{
	return wasm_bpf__result(wasm_bpf_object_find_map(wasm_bpf__object_handle(object), name, strlen(name)));
}

LIBBPF_API struct bpf_map *bpf_object__next_map(const struct bpf_object *object, const struct bpf_map *previous)
{
	return (struct bpf_map *)wasm_bpf__pointer(
		wasm_bpf_object_next_map(wasm_bpf__object_handle(object), wasm_bpf__map_handle(previous)));
}

LIBBPF_API struct bpf_program *bpf_object__find_program_by_name(const struct bpf_object *object, const char *name)
{
	return (struct bpf_program *)wasm_bpf__pointer(
		wasm_bpf_object_find_program(wasm_bpf__object_handle(object), name, strlen(name)));
}

LIBBPF_API struct bpf_program *bpf_object__next_program(const struct bpf_object *object,
							struct bpf_program *previous)
{
	return (struct bpf_program *)wasm_bpf__pointer(
		wasm_bpf_object_next_program(wasm_bpf__object_handle(object), wasm_bpf__program_handle(previous)));
}

#define bpf_object__for_each_map(pos, obj) \
	for ((pos) = bpf_object__next_map((obj), NULL); (pos) != NULL; (pos) = bpf_object__next_map((obj), (pos)))
#define bpf_map__for_each bpf_object__for_each_map
#define bpf_object__for_each_program(pos, obj)                                \
	for ((pos) = bpf_object__next_program((obj), NULL); (pos) != NULL;    \
	     (pos) = bpf_object__next_program((obj), (pos)))

/* Programs */

static inline struct wasm_bpf_program_info wasm_bpf__program_info(const struct bpf_program *program)
{
	struct wasm_bpf_program_info info = { 0 };

	wasm_bpf__result(wasm_bpf_program_info(wasm_bpf__program_handle(program), &info, sizeof(info)));
	return info;
}

LIBBPF_API int bpf_program__fd(const struct bpf_program *program)
{
	if (program)
		return wasm_bpf__program_handle(program);
	errno = EINVAL;
	return -errno;
}

LIBBPF_API const char *bpf_program__name(const struct bpf_program *program)
{
	struct wasm_bpf_program_info info = wasm_bpf__program_info(program);

	return wasm_bpf__keep_name(wasm_bpf__program_handle(program), 'p', info.name);
}

LIBBPF_API const char *bpf_program__section_name(const struct bpf_program *program)
{
	struct wasm_bpf_program_info info = wasm_bpf__program_info(program);

	return wasm_bpf__keep_name(wasm_bpf__program_handle(program), 's', info.section);
}

LIBBPF_API enum bpf_prog_type bpf_program__type(const struct bpf_program *program)
{
	return (enum bpf_prog_type)wasm_bpf__program_info(program).type;
}

LIBBPF_API bool bpf_program__autoload(const struct bpf_program *program)
{
	return wasm_bpf__program_info(program).autoload;
}

LIBBPF_API int bpf_program__set_autoload(struct bpf_program *program, bool autoload)
{
	return wasm_bpf__explain(
		wasm_bpf_program_set(wasm_bpf__program_handle(program), WASM_BPF_PROGRAM_AUTOLOAD, autoload));
}

LIBBPF_API int bpf_program__set_attach_target(struct bpf_program *program, int attach_prog_fd,
					      const char *function)
{
	return wasm_bpf__explain(wasm_bpf_program_set_attach_target(
		wasm_bpf__program_handle(program), attach_prog_fd, function, function ? strlen(function) : 0));
}

#ifdef __cplusplus
}
#endif

#endif
