/* What generated skeletons (`wasm-bpf gen skeleton x.bpf.o`) stand on. A skeleton is constant tables of names and
 * offsets, so that a generated header is short:
 *
 *	struct x_bpf {
 *		const struct wasm_bpf_skeleton *skeleton;    (these two first, in this order)
 *		struct bpf_object *obj;
 *		struct { struct bpf_map *events, *rodata; } maps;
 *		struct { struct bpf_program *handle; } progs;
 *		struct { struct bpf_link *handle; } links;
 *		struct x_bpf__rodata { ... } *rodata;
 *	};
 *
 *	static inline const void *x_bpf__elf_bytes(size_t *size) { ... }
 *
 *	static inline struct x_bpf *x_bpf__open_opts(const struct bpf_object_open_opts *opts)
 *	{
 *		static const struct wasm_bpf_map_skeleton maps[] = {
 *			{ .name = "events", .map_offset = offsetof(struct x_bpf, maps.events) },
 *			{ .name = ".rodata", .map_offset = offsetof(struct x_bpf, maps.rodata),
 *			  .data_offset = offsetof(struct x_bpf, rodata) },
 *		};
 *		static const struct wasm_bpf_program_skeleton programs[] = {
 *			{ "handle", offsetof(struct x_bpf, progs.handle), offsetof(struct x_bpf, links.handle) },
 *		};
 *		static const struct wasm_bpf_skeleton skeleton = {
 *			.name = "x_bpf", .struct_size = sizeof(struct x_bpf), .elf_bytes = x_bpf__elf_bytes,
 *			.maps = maps, .map_count = 2, .programs = programs, .program_count = 1,
 *		};
 *		return (struct x_bpf *)wasm_bpf_skeleton_open(&skeleton, opts);
 *	}
 *	static inline int x_bpf__load(struct x_bpf *x) { return wasm_bpf_skeleton_load(x); }     attach alike
 *	static inline void x_bpf__detach(struct x_bpf *x) { wasm_bpf_skeleton_detach(x); }       destroy alike
 *
 * The pointers to global data are windows: writable until load (what is written there is what the programs start
 * with), afterwards the kernel's own memory, which programs and guest share; .rodata is then read-only. An arena is
 * bound as a whole, and the pointers in it are the guest's; that to its variables changes at load.
 *
 * Where the host has no windows they are copies. The calls that wait for programs or run them (ring_buffer__poll() and
 * its kin, bpf_prog_test_run_opts()) bring both sides up to date before and after; a program that waits in another way
 * calls wasm_bpf_skeleton_sync(). An arena's variables are copied too, but its pointers are of no use then. */
#ifndef WASM_BPF_SKELETON_H
#define WASM_BPF_SKELETON_H

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>
#include <wasm_bpf/kernel_facts.h>
#include <wasm_bpf/map_window.h>
#include <wasm_bpf/network.h>
#include <wasm_bpf/perf_event.h>
#include <wasm_bpf/probes.h>
#include <wasm_bpf/ring_buffer.h>

#ifdef __cplusplus
extern "C" {
#endif

struct wasm_bpf_map_skeleton {
	const char *name;       /* global data by its section: ".bss" */
	uint32_t map_offset;    /* of the struct bpf_map * */
	uint32_t data_offset;   /* of the pointer to the map's global variables; 0: it has none */
	uint32_t window_offset; /* of the pointer to an arena's whole window; 0: it is none */
	uint32_t link_offset;   /* of the struct bpf_link * of a struct_ops map; 0: it is none */
	uint32_t struct_offset; /* of the pointer to the members of a struct_ops map; 0: it is none */
	uint32_t struct_size;   /* of what that points to */
};

/* What struct_ops maps need, in guests that have some. */
struct wasm_bpf_struct_ops_calls {
	wasm_bpf_handle (*attach)(wasm_bpf_handle map, const void *options);
	int (*get)(wasm_bpf_handle map, void *content, uint32_t size);
	int (*set)(wasm_bpf_handle map, const void *content, uint32_t size);
};
extern const struct wasm_bpf_struct_ops_calls wasm_bpf_struct_ops_calls;

struct wasm_bpf_program_skeleton {
	const char *name;
	uint32_t program_offset; /* of the struct bpf_program * */
	uint32_t link_offset;    /* of the struct bpf_link * */
};

struct wasm_bpf_skeleton {
	const char *name;     /* of the object */
	uint32_t struct_size; /* of the generated struct */
	const void *(*elf_bytes)(size_t *size);
	const struct wasm_bpf_map_skeleton *maps;
	uint32_t map_count;
	const struct wasm_bpf_program_skeleton *programs;
	uint32_t program_count;
	const struct wasm_bpf_struct_ops_calls *struct_ops; /* where there are such maps */
};

/* How every generated struct begins. */
struct wasm_bpf_skeleton_head {
	const struct wasm_bpf_skeleton *skeleton;
	struct bpf_object *obj;
};

/* The generated struct, its object opened; null and errno. */
void *wasm_bpf_skeleton_open(const struct wasm_bpf_skeleton *skeleton, const struct bpf_object_open_opts *opts);

int wasm_bpf_skeleton_load(void *generated);

/* Attaches every program that its section says how to attach and that is not attached yet, as libbpf does: one that
 * needs a target given by the caller, is not loaded or has autoattach unset is passed over. */
int wasm_bpf_skeleton_attach(void *generated);

void wasm_bpf_skeleton_detach(void *generated);

/* Detaches, closes the object and frees the struct and its windows; null is allowed. */
void wasm_bpf_skeleton_destroy(void *generated);

/* Not in libbpf: brings the variables of every loaded skeleton up to date, on both sides, where the host has no windows
 * (wasm-bpf run --no-windows). Nothing elsewhere. 0 or a negative errno value. */
int wasm_bpf_skeleton_sync(void *generated);

#ifdef __cplusplus
}
#endif

#endif
