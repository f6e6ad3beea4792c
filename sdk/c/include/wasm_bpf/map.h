/* Maps: their shape and what is set before load. Part of <bpf/libbpf.h>; element operations by fd are in <bpf/bpf.h>. */
#ifndef WASM_BPF_MAP_H
#define WASM_BPF_MAP_H

#include <limits.h>

#include <wasm_bpf/object.h>

#ifdef __cplusplus
extern "C" {
#endif

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

LIBBPF_API bool bpf_map__autocreate(const struct bpf_map *map)
{
	return wasm_bpf__map_info(map).autocreate;
}

LIBBPF_API int bpf_map__set_map_flags(struct bpf_map *map, __u32 flags)
{
	return wasm_bpf__map_set(map, WASM_BPF_MAP_FLAGS, flags);
}

LIBBPF_API __u32 bpf_map__numa_node(const struct bpf_map *map)
{
	return wasm_bpf__map_info(map).numa_node;
}

LIBBPF_API int bpf_map__set_numa_node(struct bpf_map *map, __u32 numa_node)
{
	return wasm_bpf__map_set(map, WASM_BPF_MAP_NUMA_NODE, numa_node);
}

LIBBPF_API __u64 bpf_map__map_extra(const struct bpf_map *map)
{
	return wasm_bpf__map_info(map).map_extra;
}

LIBBPF_API int bpf_map__set_map_extra(struct bpf_map *map, __u64 map_extra)
{
	return wasm_bpf__map_set(map, WASM_BPF_MAP_EXTRA, map_extra);
}

LIBBPF_API __u32 bpf_map__ifindex(const struct bpf_map *map)
{
	return wasm_bpf__map_info(map).interface_index;
}

LIBBPF_API int bpf_map__set_ifindex(struct bpf_map *map, __u32 ifindex)
{
	return wasm_bpf__map_set(map, WASM_BPF_MAP_INTERFACE, ifindex);
}

LIBBPF_API bool bpf_map__autoattach(const struct bpf_map *map)
{
	return wasm_bpf__map_info(map).autoattach;
}

LIBBPF_API int bpf_map__set_autoattach(struct bpf_map *map, bool autoattach)
{
	return wasm_bpf__map_set(map, WASM_BPF_MAP_AUTOATTACH, autoattach);
}

LIBBPF_API __u32 bpf_map__btf_key_type_id(const struct bpf_map *map)
{
	return map ? wasm_bpf__map_info(map).btf_key_type_id : 0;
}

LIBBPF_API __u32 bpf_map__btf_value_type_id(const struct bpf_map *map)
{
	return map ? wasm_bpf__map_info(map).btf_value_type_id : 0;
}

/* Of global data, before load. */
LIBBPF_API int bpf_map__set_initial_value(struct bpf_map *map, const void *data, size_t size)
{
	return wasm_bpf__explain(wasm_bpf_map_set_initial_value(wasm_bpf__map_handle(map), data, size));
}

LIBBPF_API int bpf_map__set_inner_map_fd(struct bpf_map *map, int fd)
{
	return wasm_bpf__explain(wasm_bpf_map_set_inner(wasm_bpf__map_handle(map), fd));
}

/* Of the same type and sizes. */
LIBBPF_API int bpf_map__reuse_fd(struct bpf_map *map, int fd)
{
	return wasm_bpf__explain(wasm_bpf_map_reuse(wasm_bpf__map_handle(map), fd));
}

/* Pins */

LIBBPF_API int bpf_map__set_pin_path(struct bpf_map *map, const char *path)
{
	return wasm_bpf__explain(
		wasm_bpf_map_set_pin_path(wasm_bpf__map_handle(map), path, path ? strlen(path) : 0));
}

LIBBPF_API const char *bpf_map__pin_path(const struct bpf_map *map)
{
	char path[PATH_MAX];

	if (wasm_bpf__result(wasm_bpf_map_pin_path(wasm_bpf__map_handle(map), path, sizeof(path))) <= 0)
		return NULL;
	return wasm_bpf__keep_name(wasm_bpf__map_handle(map), 'P', path);
}

LIBBPF_API const char *bpf_map__get_pin_path(const struct bpf_map *map)
{
	return bpf_map__pin_path(map);
}

LIBBPF_API bool bpf_map__is_pinned(const struct bpf_map *map)
{
	return wasm_bpf__map_info(map).pinned;
}

/* Its own path where none is given; -EINVAL where it has another already. */
static inline int wasm_bpf__map_pin_path(const struct bpf_map *map, const char **path)
{
	const char *own = bpf_map__pin_path(map);

	if (!*path)
		*path = own;
	if (*path && (!own || !strcmp(*path, own)))
		return 0;
	errno = EINVAL;
	return -errno;
}

LIBBPF_API int bpf_map__pin(struct bpf_map *map, const char *path)
{
	int result = wasm_bpf__map_pin_path(map, &path);

	if (result || bpf_map__is_pinned(map))
		return result;
	return wasm_bpf__explain(wasm_bpf_pin(wasm_bpf__map_handle(map), path, strlen(path)));
}

LIBBPF_API int bpf_map__unpin(struct bpf_map *map, const char *path)
{
	int result = wasm_bpf__map_pin_path(map, &path);

	return result ? result : wasm_bpf__explain(wasm_bpf_unpin(wasm_bpf__map_handle(map), path, strlen(path)));
}

/* Every map in the folder, or at its own path where there is one. */
static inline int wasm_bpf__each_pin(struct bpf_object *object, const char *folder,
				     int (*act)(struct bpf_map *map, const char *path))
{
	struct bpf_map *map;
	int result = 0;

	bpf_object__for_each_map(map, object) {
		char path[PATH_MAX];

		if (!folder && !bpf_map__pin_path(map))
			continue;
		if (folder && snprintf(path, sizeof(path), "%s/%s", folder, bpf_map__name(map)) >= (int)sizeof(path)) {
			errno = ENAMETOOLONG;
			return -errno;
		}
		/* a name in a BPF file system has no dots */
		for (char *dot = folder ? path + strlen(folder) : NULL; dot && (dot = strchr(dot, '.'));)
			*dot = '_';
		result = act(map, folder ? path : NULL);
		if (result)
			break;
	}
	return result;
}

LIBBPF_API int bpf_object__pin_maps(struct bpf_object *object, const char *path)
{
	return wasm_bpf__each_pin(object, path, bpf_map__pin);
}

LIBBPF_API int bpf_object__unpin_maps(struct bpf_object *object, const char *path)
{
	return wasm_bpf__each_pin(object, path, bpf_map__unpin);
}

/* For bpf_map_create: names the object, whose BTF it is. */
LIBBPF_API int bpf_object__btf_fd(const struct bpf_object *object)
{
	return wasm_bpf__object_handle(object);
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

#ifdef __cplusplus
}
#endif

#endif
