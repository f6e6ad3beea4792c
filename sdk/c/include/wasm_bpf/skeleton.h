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

#include <bpf/libbpf.h>
#include <wasm_bpf/global_data.h>
#include <wasm_bpf/host.h>

#ifdef __cplusplus
extern "C" {
#endif

struct wasm_bpf_map_skeleton {
	const char *name;       /* global data by its section: ".bss" */
	uint32_t map_offset;    /* of the struct bpf_map * */
	uint32_t data_offset;   /* of the pointer to the map's global variables; 0: it has none */
	uint32_t window_offset; /* of the pointer to an arena's whole window; 0: it is none */
	uint32_t link_offset; /* of the struct bpf_link * of a struct_ops map; 0: it is none */
};

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
	wasm_bpf_handle (*attach_map)(wasm_bpf_handle map, const void *options); /* where there are struct_ops maps */
};

/* How every generated struct begins. */
struct wasm_bpf_skeleton_head {
	const struct wasm_bpf_skeleton *skeleton;
	struct bpf_object *obj;
};

static inline void **wasm_bpf__skeleton_field(void *generated, uint32_t offset)
{
	return (void **)((char *)generated + offset);
}

/* Guest memory with the map's content: its window, or where the host has none, a copy of its variables. */
static inline int wasm_bpf__skeleton_bind_map(void *generated, const struct wasm_bpf_map_skeleton *entry,
					      wasm_bpf_handle map)
{
	const size_t page_bytes = 4096;
	struct wasm_bpf_map_info info = { 0 };
	int result = wasm_bpf_map_info(map, &info, sizeof(info));
	void *memory = NULL;

	if (result < 0)
		return wasm_bpf__explain(result);
	result = -WASM_BPF_EOPNOTSUPP;
	if (info.window_bytes && wasm_bpf__has_windows()) {
		memory = aligned_alloc(page_bytes, info.window_bytes);
		if (!memory)
			return -(errno = ENOMEM);
		result = wasm_bpf_map_window(map, memory, info.window_bytes);
	}
	if (result < 0) {
		free(memory);
		if (result != -WASM_BPF_EOPNOTSUPP)
			return wasm_bpf__explain(result);
		if (!entry->data_offset)
			return 0;
		memory = wasm_bpf__copy_new(generated, map, info.data_bytes, strcmp(entry->name, ".kconfig") != 0);
		if (!memory)
			return -errno;
	} else if (entry->window_offset) {
		*wasm_bpf__skeleton_field(generated, entry->window_offset) = memory;
	}
	if (entry->data_offset)
		*wasm_bpf__skeleton_field(generated, entry->data_offset) = memory;
	return 0;
}

static inline int wasm_bpf__skeleton_bind(void *generated)
{
	struct wasm_bpf_skeleton_head *head = (struct wasm_bpf_skeleton_head *)generated;
	const struct wasm_bpf_skeleton *skeleton = head->skeleton;

	for (uint32_t i = 0; i < skeleton->map_count; i++) {
		const struct wasm_bpf_map_skeleton *entry = &skeleton->maps[i];
		struct bpf_map *map = bpf_object__find_map_by_name(head->obj, entry->name);
		if (!map)
			return -errno;
		*wasm_bpf__skeleton_field(generated, entry->map_offset) = map;
		if (!entry->data_offset && !entry->window_offset)
			continue;
		int result = wasm_bpf__skeleton_bind_map(generated, entry, wasm_bpf__map_handle(map));
		if (result < 0)
			return result;
	}
	for (uint32_t i = 0; i < skeleton->program_count; i++) {
		const struct wasm_bpf_program_skeleton *entry = &skeleton->programs[i];
		struct bpf_program *program = bpf_object__find_program_by_name(head->obj, entry->name);
		if (!program)
			return -errno;
		*wasm_bpf__skeleton_field(generated, entry->program_offset) = program;
	}
	return 0;
}

static inline wasm_bpf_handle wasm_bpf__skeleton_map(void *generated, const struct wasm_bpf_map_skeleton *entry)
{
	return wasm_bpf__map_handle(
		(const struct bpf_map *)*wasm_bpf__skeleton_field(generated, entry->map_offset));
}

static inline void wasm_bpf__skeleton_detach_link(void *generated, uint32_t link_offset)
{
	void **link = wasm_bpf__skeleton_field(generated, link_offset);

	bpf_link__destroy((struct bpf_link *)*link);
	*link = NULL;
}

static inline void wasm_bpf_skeleton_detach(void *generated)
{
	const struct wasm_bpf_skeleton *skeleton = ((struct wasm_bpf_skeleton_head *)generated)->skeleton;

	for (uint32_t i = 0; i < skeleton->program_count; i++)
		wasm_bpf__skeleton_detach_link(generated, skeleton->programs[i].link_offset);
	for (uint32_t i = 0; i < skeleton->map_count; i++)
		if (skeleton->maps[i].link_offset)
			wasm_bpf__skeleton_detach_link(generated, skeleton->maps[i].link_offset);
}

/* Detaches, closes the object and frees the struct and its windows; null is allowed. */
static inline void wasm_bpf_skeleton_destroy(void *generated)
{
	struct wasm_bpf_skeleton_head *head = (struct wasm_bpf_skeleton_head *)generated;

	if (!head)
		return;
	wasm_bpf_skeleton_detach(generated);
	bpf_object__close(head->obj); /* puts ordinary memory back under the windows */
	wasm_bpf__copies_free(generated);
	for (uint32_t i = 0; i < head->skeleton->map_count; i++) {
		const struct wasm_bpf_map_skeleton *entry = &head->skeleton->maps[i];
		/* An arena's variables are part of its window, where it has one. */
		void *memory = entry->window_offset ? *wasm_bpf__skeleton_field(generated, entry->window_offset) : NULL;
		if (!memory && entry->data_offset)
			memory = *wasm_bpf__skeleton_field(generated, entry->data_offset);
		free(memory);
	}
	free(generated);
}

/* The generated struct, its object opened; null and errno. */
static inline void *wasm_bpf_skeleton_open(const struct wasm_bpf_skeleton *skeleton,
					   const struct bpf_object_open_opts *opts)
{
	struct bpf_object_open_opts named = { .sz = sizeof(named) };
	size_t size;
	const void *elf = skeleton->elf_bytes(&size);
	struct wasm_bpf_skeleton_head *head = (struct wasm_bpf_skeleton_head *)calloc(1, skeleton->struct_size);

	if (!head)
		return NULL;
	if (opts)
		named = *opts;
	if (!named.object_name)
		named.object_name = skeleton->name;
	head->skeleton = skeleton;
	head->obj = bpf_object__open_mem(elf, size, &named);
	if (!head->obj || wasm_bpf__skeleton_bind(head)) {
		int saved = errno;
		wasm_bpf_skeleton_destroy(head);
		errno = saved;
		return NULL;
	}
	return head;
}

static inline int wasm_bpf_skeleton_load(void *generated)
{
	struct wasm_bpf_skeleton_head *head = (struct wasm_bpf_skeleton_head *)generated;
	int result = wasm_bpf__copies_set(generated);

	if (result == 0)
		result = bpf_object__load(head->obj);
	for (uint32_t i = 0; i < head->skeleton->map_count && result == 0; i++) {
		const struct wasm_bpf_map_skeleton *entry = &head->skeleton->maps[i];
		struct wasm_bpf_map_info info = { 0 };
		if (!entry->window_offset || !entry->data_offset ||
		    !*wasm_bpf__skeleton_field(generated, entry->window_offset))
			continue;
		result = wasm_bpf__explain(
			wasm_bpf_map_info(wasm_bpf__skeleton_map(generated, entry), &info, sizeof(info)));
		*wasm_bpf__skeleton_field(generated, entry->data_offset) =
			(char *)*wasm_bpf__skeleton_field(generated, entry->window_offset) + info.data_offset;
	}
	return result == 0 ? wasm_bpf__copies_start(generated) : result;
}

/* Not in libbpf: brings the variables of every loaded skeleton up to date, on both sides, where the host has no windows
 * (wasm-bpf run --no-windows). Nothing elsewhere. 0 or a negative errno value. */
static inline int wasm_bpf_skeleton_sync(void *generated)
{
	(void)generated;
	return wasm_bpf__sync();
}

/* Attaches every program that its section says how to attach and that is not attached yet, as libbpf does: one that
 * needs a target given by the caller, is not loaded or has autoattach unset is passed over. */
static inline int wasm_bpf_skeleton_attach(void *generated)
{
	const struct wasm_bpf_skeleton *skeleton = ((struct wasm_bpf_skeleton_head *)generated)->skeleton;

	for (uint32_t i = 0; i < skeleton->map_count; i++) {
		const struct wasm_bpf_map_skeleton *entry = &skeleton->maps[i];
		if (!entry->link_offset || *wasm_bpf__skeleton_field(generated, entry->link_offset))
			continue;
		wasm_bpf_handle map = wasm_bpf__skeleton_map(generated, entry);
		struct wasm_bpf_map_info info = { 0 };
		int result = wasm_bpf_map_info(map, &info, sizeof(info));
		if (result == 0 && (!info.autocreate || !info.autoattach))
			continue;
		if (result == 0)
			result = skeleton->attach_map(map, NULL);
		if (result < 0)
			return wasm_bpf__explain(result);
		*wasm_bpf__skeleton_field(generated, entry->link_offset) = (void *)(uintptr_t)result;
	}
	for (uint32_t i = 0; i < skeleton->program_count; i++) {
		const struct wasm_bpf_program_skeleton *entry = &skeleton->programs[i];
		struct bpf_program *program =
			(struct bpf_program *)*wasm_bpf__skeleton_field(generated, entry->program_offset);
		void **link = wasm_bpf__skeleton_field(generated, entry->link_offset);
		struct wasm_bpf_program_info info = wasm_bpf__program_info(program);
		if (*link || !info.autoload || !info.autoattach || info.needs_target)
			continue;
		wasm_bpf_handle attached = wasm_bpf_program_attach(wasm_bpf__program_handle(program), NULL);
		if (attached < 0)
			return wasm_bpf__explain(attached);
		*link = (void *)(uintptr_t)attached;
	}
	return 0;
}

#ifdef __cplusplus
}
#endif

#endif
