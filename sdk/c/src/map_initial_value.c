/* bpf_map__initial_value(): global data as memory, without a skeleton. */
#include <bpf/libbpf.h>
#include <stdlib.h>

#include <wasm_bpf/handles.h>
#include <wasm_bpf/map_window.h>

#include "info.h"

/* The map's window, bound at the first call and kept to the guest's end: before load what programs start with, then what
 * they have. Null for other maps, and where a skeleton has bound it. */
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
