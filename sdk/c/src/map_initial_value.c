/* bpf_map__initial_value(): global data as memory, without a skeleton. */
#include <bpf/libbpf.h>
#include <stdlib.h>

#include <wasm_bpf/handles.h>
#include <wasm_bpf/map_window.h>
#include <wasm_bpf/skeleton.h>

#include "info.h"
#include "skeletons.h"

/* What a skeleton has bound to the map: its variables, or the members of a struct_ops. */
static void *skeletons_memory(const struct bpf_map *map, size_t *psize)
{
	for (struct wasm_bpf__open_skeleton *opened = wasm_bpf__open_skeletons; opened; opened = opened->next) {
		const char *generated = (const char *)opened->generated;
		const struct wasm_bpf_skeleton *skeleton = ((const struct wasm_bpf_skeleton_head *)generated)->skeleton;
		for (uint32_t i = 0; skeleton && i < skeleton->map_count; i++) {
			const struct wasm_bpf_map_skeleton *entry = &skeleton->maps[i];
			const uint32_t offset = entry->struct_offset ? entry->struct_offset : entry->data_offset;
			if (!offset || *(struct bpf_map *const *)(generated + entry->map_offset) != map)
				continue;
			if (entry->struct_offset)
				*psize = entry->struct_size;
			return *(void *const *)(generated + offset);
		}
	}
	return NULL;
}

/* The map's window, bound at the first call and kept to the guest's end: before load what programs start with, then what
 * they have. Null for other maps. */
void *bpf_map__initial_value(const struct bpf_map *map, size_t *psize)
{
	static struct known {
		struct known *next;
		const struct bpf_map *map;
		void *memory;
	} *all;
	const struct wasm_bpf_map_info info = wasm_bpf__map_info(map);
	struct known *known = all;

	*psize = info.data_bytes;
	void *memory = skeletons_memory(map, psize);
	if (memory)
		return memory;
	while (known && known->map != map)
		known = known->next;
	if (known)
		return known->memory;
	if (!info.data_bytes)
		return NULL;
	known = malloc(sizeof(*known));
	if (!known)
		return NULL;
	known->memory = wasm_bpf_map_window_new(map);
	if (!known->memory) {
		free(known);
		return NULL;
	}
	known->map = map;
	known->next = all;
	all = known;
	return known->memory;
}
