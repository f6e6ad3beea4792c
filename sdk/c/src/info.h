/* What the host knows of a program or a map; all zeros, and errno, where the pointer names none. */
#ifndef INFO_H
#define INFO_H

#include <wasm_bpf/abi_types.h>

struct bpf_map;
struct bpf_program;

struct wasm_bpf_program_info wasm_bpf__program_info(const struct bpf_program *program);
struct wasm_bpf_map_info wasm_bpf__map_info(const struct bpf_map *map);

#endif
