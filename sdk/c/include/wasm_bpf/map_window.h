/* Not in libbpf: a map's content inside the guest's memory. */
#ifndef WASM_BPF_MAP_WINDOW_H
#define WASM_BPF_MAP_WINDOW_H

#include <bpf/libbpf.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Fresh page-aligned memory with the map's window in it (map_window in the guest ABI), to be freed after the object is
 * closed; null and errno. */
void *wasm_bpf_map_window_new(const struct bpf_map *map);

#ifdef __cplusplus
}
#endif

#endif
