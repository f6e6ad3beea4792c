#include <errno.h>
#include <stdlib.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>
#include <wasm_bpf/map_window.h>

#include "info.h"

void *wasm_bpf_map_window_new(const struct bpf_map *map)
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
