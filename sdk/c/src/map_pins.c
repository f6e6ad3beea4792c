/* Where maps are pinned. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>

#include "info.h"
#include "names.h"

int bpf_map__set_pin_path(struct bpf_map *map, const char *path)
{
	return wasm_bpf__explain(
		wasm_bpf_map_set_pin_path(wasm_bpf__map_handle(map), path, path ? strlen(path) : 0));
}

const char *bpf_map__pin_path(const struct bpf_map *map)
{
	char path[PATH_MAX];

	if (wasm_bpf__result(wasm_bpf_map_pin_path(wasm_bpf__map_handle(map), path, sizeof(path))) <= 0)
		return NULL;
	return wasm_bpf__keep_name(wasm_bpf__map_handle(map), 'P', path);
}

const char *bpf_map__get_pin_path(const struct bpf_map *map)
{
	return bpf_map__pin_path(map);
}

bool bpf_map__is_pinned(const struct bpf_map *map)
{
	return wasm_bpf__map_info(map).pinned;
}

/* Its own path where none is given; -EINVAL where it has another already. */
static int map_pin_path(const struct bpf_map *map, const char **path)
{
	const char *own = bpf_map__pin_path(map);

	if (!*path)
		*path = own;
	if (*path && (!own || !strcmp(*path, own)))
		return 0;
	errno = EINVAL;
	return -errno;
}

int bpf_map__pin(struct bpf_map *map, const char *path)
{
	int result = map_pin_path(map, &path);

	if (result || bpf_map__is_pinned(map))
		return result;
	return wasm_bpf__explain(wasm_bpf_pin(wasm_bpf__map_handle(map), path, strlen(path)));
}

int bpf_map__unpin(struct bpf_map *map, const char *path)
{
	int result = map_pin_path(map, &path);

	return result ? result : wasm_bpf__explain(wasm_bpf_unpin(wasm_bpf__map_handle(map), path, strlen(path)));
}

/* Every map in the folder, or at its own path where there is one. */
static int each_pin(struct bpf_object *object, const char *folder,
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

int bpf_object__pin_maps(struct bpf_object *object, const char *path)
{
	return each_pin(object, path, bpf_map__pin);
}

int bpf_object__unpin_maps(struct bpf_object *object, const char *path)
{
	return each_pin(object, path, bpf_map__unpin);
}
