/* Objects, maps and programs: libbpf's opaque pointers are the host's handles. Part of <bpf/libbpf.h>. */
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

/* Maps */

static inline struct wasm_bpf_map_info wasm_bpf__map_info(const struct bpf_map *map)
{
	struct wasm_bpf_map_info info = { 0 };

	wasm_bpf__result(wasm_bpf_map_info(wasm_bpf__map_handle(map), &info, sizeof(info)));
	return info;
}

static inline int wasm_bpf__map_set(struct bpf_map *map, enum wasm_bpf_map_field field, uint64_t value)
{
	return wasm_bpf__explain(wasm_bpf_map_set(wasm_bpf__map_handle(map), field, value));
}

LIBBPF_API int bpf_map__fd(const struct bpf_map *map)
{
	if (map)
		return wasm_bpf__map_handle(map);
	errno = EINVAL;
	return -errno;
}

LIBBPF_API const char *bpf_map__name(const struct bpf_map *map)
{
	struct wasm_bpf_map_info info = wasm_bpf__map_info(map);

	return wasm_bpf__keep_name(wasm_bpf__map_handle(map), 'm', info.name);
}

LIBBPF_API enum bpf_map_type bpf_map__type(const struct bpf_map *map)
{
	return (enum bpf_map_type)wasm_bpf__map_info(map).type;
}

LIBBPF_API __u32 bpf_map__key_size(const struct bpf_map *map)
{
	return wasm_bpf__map_info(map).key_size;
}

LIBBPF_API __u32 bpf_map__value_size(const struct bpf_map *map)
{
	return wasm_bpf__map_info(map).value_size;
}

LIBBPF_API __u32 bpf_map__max_entries(const struct bpf_map *map)
{
	return wasm_bpf__map_info(map).max_entries;
}

LIBBPF_API __u32 bpf_map__map_flags(const struct bpf_map *map)
{
	return wasm_bpf__map_info(map).map_flags;
}

LIBBPF_API bool bpf_map__is_internal(const struct bpf_map *map)
{
	return wasm_bpf__map_info(map).global_data;
}

LIBBPF_API int bpf_map__set_type(struct bpf_map *map, enum bpf_map_type type)
{
	return wasm_bpf__map_set(map, WASM_BPF_MAP_TYPE, type);
}

LIBBPF_API int bpf_map__set_max_entries(struct bpf_map *map, __u32 max_entries)
{
	return wasm_bpf__map_set(map, WASM_BPF_MAP_MAX_ENTRIES, max_entries);
}

LIBBPF_API int bpf_map__set_key_size(struct bpf_map *map, __u32 size)
{
	return wasm_bpf__map_set(map, WASM_BPF_MAP_KEY_SIZE, size);
}

LIBBPF_API int bpf_map__set_value_size(struct bpf_map *map, __u32 size)
{
	return wasm_bpf__map_set(map, WASM_BPF_MAP_VALUE_SIZE, size);
}

LIBBPF_API int bpf_map__set_autocreate(struct bpf_map *map, bool autocreate)
{
	return wasm_bpf__map_set(map, WASM_BPF_MAP_AUTOCREATE, autocreate);
}

/* The checks that libbpf makes before it trusts the caller's sizes. 0 sizes: the call has no such argument. */
static inline int wasm_bpf__check_element(const struct bpf_map *map, size_t key_size, const size_t *value_size)
{
	struct wasm_bpf_map_info info = wasm_bpf__map_info(map);

	if (key_size == info.key_size && (!value_size || *value_size == info.value_bytes))
		return 0;
	errno = EINVAL;
	return -errno;
}

LIBBPF_API int bpf_map__lookup_elem(const struct bpf_map *map, const void *key, size_t key_size, void *value,
				    size_t value_size, __u64 flags)
{
	int result = wasm_bpf__check_element(map, key_size, &value_size);

	return result ? result : bpf_map_lookup_elem_flags(bpf_map__fd(map), key, value, flags);
}

LIBBPF_API int bpf_map__update_elem(const struct bpf_map *map, const void *key, size_t key_size, const void *value,
				    size_t value_size, __u64 flags)
{
	int result = wasm_bpf__check_element(map, key_size, &value_size);

	return result ? result : bpf_map_update_elem(bpf_map__fd(map), key, value, flags);
}

LIBBPF_API int bpf_map__delete_elem(const struct bpf_map *map, const void *key, size_t key_size, __u64 flags)
{
	int result = wasm_bpf__check_element(map, key_size, NULL);

	return result ? result : bpf_map_delete_elem_flags(bpf_map__fd(map), key, flags);
}

LIBBPF_API int bpf_map__lookup_and_delete_elem(const struct bpf_map *map, const void *key, size_t key_size,
					       void *value, size_t value_size, __u64 flags)
{
	int result = wasm_bpf__check_element(map, key_size, &value_size);

	return result ? result : bpf_map_lookup_and_delete_elem_flags(bpf_map__fd(map), key, value, flags);
}

LIBBPF_API int bpf_map__get_next_key(const struct bpf_map *map, const void *key, void *next_key, size_t key_size)
{
	int result = wasm_bpf__check_element(map, key_size, NULL);

	return result ? result : bpf_map_get_next_key(bpf_map__fd(map), key, next_key);
}

/* Not in libbpf: fresh page-aligned memory with the map's window in it (map_window in the guest ABI), to be freed
 * after the object is closed; null and errno. */
static inline void *wasm_bpf_map_window_new(const struct bpf_map *map)
{
	const size_t page_bytes = 4096;
	uint32_t bytes = wasm_bpf__map_info(map).window_bytes;
	void *window = bytes ? aligned_alloc(page_bytes, bytes) : NULL;

	if (!window) {
		errno = bytes ? ENOMEM : EINVAL;
		return NULL;
	}
	if (wasm_bpf__explain(wasm_bpf_map_window(wasm_bpf__map_handle(map), window, bytes)) == 0)
		return window;
	free(window);
	return NULL;
}

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
