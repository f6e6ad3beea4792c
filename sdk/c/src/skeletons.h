/* The skeletons that are open: bpf_map__initial_value() finds the memory of their maps there. */
#ifndef SKELETONS_H
#define SKELETONS_H

#include <stddef.h>

/* What stands before each generated struct. */
struct wasm_bpf__open_skeleton {
	struct wasm_bpf__open_skeleton *next;
	max_align_t generated[];
};
extern struct wasm_bpf__open_skeleton *wasm_bpf__open_skeletons;

#endif
