/* What generated skeletons stand on. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <wasm_bpf/host.h>
#include <wasm_bpf/skeleton.h>

#include "global_data.h"
#include "info.h"
#include "skeletons.h"

static void **skeleton_field(void *generated, uint32_t offset)
{
	return (void **)((char *)generated + offset);
}

/* Guest memory with the map's content: its window, or where the host has none, a copy of its variables. */
static int skeleton_bind_map(void *generated, const struct wasm_bpf_map_skeleton *entry,
					      wasm_bpf_handle map)
{
	const size_t page_bytes = 4096;
	struct wasm_bpf_map_info info = { 0 };
	int result = wasm_bpf_map_info(map, &info, sizeof(info));
	void *memory = NULL;

	if (result < 0)
		return wasm_bpf__explain(result);
	result = -EOPNOTSUPP;
	if (info.window_bytes && wasm_bpf__has_windows()) {
		memory = aligned_alloc(page_bytes, info.window_bytes);
		if (!memory)
			return -(errno = ENOMEM);
		result = wasm_bpf_map_window(map, memory, info.window_bytes);
	}
	if (result < 0) {
		free(memory);
		if (result != -EOPNOTSUPP)
			return wasm_bpf__explain(result);
		if (!entry->data_offset)
			return 0;
		memory = wasm_bpf__copy_new(generated, map, info.data_bytes, strcmp(entry->name, ".kconfig") != 0);
		if (!memory)
			return -errno;
	} else if (entry->window_offset) {
		*skeleton_field(generated, entry->window_offset) = memory;
	}
	if (entry->data_offset)
		*skeleton_field(generated, entry->data_offset) = memory;
	return 0;
}

/* The members of a struct_ops map: set by the guest until load, with struct bpf_program * for functions. */
static int skeleton_bind_members(void *generated, const struct wasm_bpf_map_skeleton *entry, wasm_bpf_handle map)
{
	const struct wasm_bpf_skeleton *skeleton = ((struct wasm_bpf_skeleton_head *)generated)->skeleton;
	void *members = calloc(1, entry->struct_size);

	*skeleton_field(generated, entry->struct_offset) = members;
	if (!members)
		return -(errno = ENOMEM);
	return wasm_bpf__explain(skeleton->struct_ops->get(map, members, entry->struct_size));
}

static int skeleton_bind(void *generated)
{
	struct wasm_bpf_skeleton_head *head = (struct wasm_bpf_skeleton_head *)generated;
	const struct wasm_bpf_skeleton *skeleton = head->skeleton;

	for (uint32_t i = 0; i < skeleton->map_count; i++) {
		const struct wasm_bpf_map_skeleton *entry = &skeleton->maps[i];
		struct bpf_map *map = bpf_object__find_map_by_name(head->obj, entry->name);
		if (!map)
			return -errno;
		*skeleton_field(generated, entry->map_offset) = map;
		int result = 0;
		if (entry->struct_offset)
			result = skeleton_bind_members(generated, entry, wasm_bpf__map_handle(map));
		else if (entry->data_offset || entry->window_offset)
			result = skeleton_bind_map(generated, entry, wasm_bpf__map_handle(map));
		if (result < 0)
			return result;
	}
	for (uint32_t i = 0; i < skeleton->program_count; i++) {
		const struct wasm_bpf_program_skeleton *entry = &skeleton->programs[i];
		struct bpf_program *program = bpf_object__find_program_by_name(head->obj, entry->name);
		if (!program)
			return -errno;
		*skeleton_field(generated, entry->program_offset) = program;
	}
	return 0;
}

static wasm_bpf_handle skeleton_map(void *generated, const struct wasm_bpf_map_skeleton *entry)
{
	return wasm_bpf__map_handle(
		(const struct bpf_map *)*skeleton_field(generated, entry->map_offset));
}

static void skeleton_detach_link(void *generated, uint32_t link_offset)
{
	void **link = skeleton_field(generated, link_offset);

	bpf_link__destroy((struct bpf_link *)*link);
	*link = NULL;
}

void wasm_bpf_skeleton_detach(void *generated)
{
	const struct wasm_bpf_skeleton *skeleton = ((struct wasm_bpf_skeleton_head *)generated)->skeleton;

	for (uint32_t i = 0; i < skeleton->program_count; i++)
		skeleton_detach_link(generated, skeleton->programs[i].link_offset);
	for (uint32_t i = 0; i < skeleton->map_count; i++)
		if (skeleton->maps[i].link_offset)
			skeleton_detach_link(generated, skeleton->maps[i].link_offset);
}

static void *skeleton_new(uint32_t size)
{
	struct wasm_bpf__open_skeleton *opened = calloc(1, offsetof(struct wasm_bpf__open_skeleton, generated) + size);

	if (!opened)
		return NULL;
	opened->next = wasm_bpf__open_skeletons;
	wasm_bpf__open_skeletons = opened;
	return opened->generated;
}

static void skeleton_free(void *generated)
{
	struct wasm_bpf__open_skeleton **at = &wasm_bpf__open_skeletons;

	while ((void *)(*at)->generated != generated)
		at = &(*at)->next;
	struct wasm_bpf__open_skeleton *found = *at;
	*at = found->next;
	free(found);
}

void wasm_bpf_skeleton_destroy(void *generated)
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
		void *memory = entry->window_offset ? *skeleton_field(generated, entry->window_offset) : NULL;
		if (!memory && entry->data_offset)
			memory = *skeleton_field(generated, entry->data_offset);
		if (entry->struct_offset)
			memory = *skeleton_field(generated, entry->struct_offset);
		free(memory);
	}
	skeleton_free(generated);
}

void *wasm_bpf_skeleton_open(const struct wasm_bpf_skeleton *skeleton,
					   const struct bpf_object_open_opts *opts)
{
	struct bpf_object_open_opts named = { .sz = sizeof(named) };
	size_t size;
	const void *elf = skeleton->elf_bytes(&size);
	struct wasm_bpf_skeleton_head *head = (struct wasm_bpf_skeleton_head *)skeleton_new(skeleton->struct_size);

	if (!head)
		return NULL;
	if (opts)
		named = *opts;
	if (!named.object_name)
		named.object_name = skeleton->name;
	head->skeleton = skeleton;
	head->obj = bpf_object__open_mem(elf, size, &named);
	if (!head->obj || skeleton_bind(head)) {
		int saved = errno;
		wasm_bpf_skeleton_destroy(head);
		errno = saved;
		return NULL;
	}
	return head;
}

int wasm_bpf_skeleton_load(void *generated)
{
	struct wasm_bpf_skeleton_head *head = (struct wasm_bpf_skeleton_head *)generated;
	int result = wasm_bpf__copies_set(generated);

	for (uint32_t i = 0; i < head->skeleton->map_count && result == 0; i++) {
		const struct wasm_bpf_map_skeleton *entry = &head->skeleton->maps[i];
		if (entry->struct_offset)
			result = wasm_bpf__explain(head->skeleton->struct_ops->set(
				skeleton_map(generated, entry), *skeleton_field(generated, entry->struct_offset),
				entry->struct_size));
	}
	if (result == 0)
		result = bpf_object__load(head->obj);
	for (uint32_t i = 0; i < head->skeleton->map_count && result == 0; i++) {
		const struct wasm_bpf_map_skeleton *entry = &head->skeleton->maps[i];
		struct wasm_bpf_map_info info = { 0 };
		if (!entry->window_offset || !entry->data_offset ||
		    !*skeleton_field(generated, entry->window_offset))
			continue;
		result = wasm_bpf__explain(
			wasm_bpf_map_info(skeleton_map(generated, entry), &info, sizeof(info)));
		*skeleton_field(generated, entry->data_offset) =
			(char *)*skeleton_field(generated, entry->window_offset) + info.data_offset;
	}
	return result == 0 ? wasm_bpf__copies_start(generated) : result;
}

int wasm_bpf_skeleton_sync(void *generated)
{
	(void)generated;
	return wasm_bpf__sync();
}

int wasm_bpf_skeleton_attach(void *generated)
{
	const struct wasm_bpf_skeleton *skeleton = ((struct wasm_bpf_skeleton_head *)generated)->skeleton;

	for (uint32_t i = 0; i < skeleton->map_count; i++) {
		const struct wasm_bpf_map_skeleton *entry = &skeleton->maps[i];
		if (!entry->link_offset || *skeleton_field(generated, entry->link_offset))
			continue;
		wasm_bpf_handle map = skeleton_map(generated, entry);
		struct wasm_bpf_map_info info = { 0 };
		int result = wasm_bpf_map_info(map, &info, sizeof(info));
		if (result == 0 && (!info.autocreate || !info.autoattach))
			continue;
		if (result == 0)
			result = skeleton->struct_ops->attach(map, NULL);
		if (result < 0)
			return wasm_bpf__explain(result);
		*skeleton_field(generated, entry->link_offset) = (void *)(uintptr_t)result;
	}
	for (uint32_t i = 0; i < skeleton->program_count; i++) {
		const struct wasm_bpf_program_skeleton *entry = &skeleton->programs[i];
		struct bpf_program *program =
			(struct bpf_program *)*skeleton_field(generated, entry->program_offset);
		void **link = skeleton_field(generated, entry->link_offset);
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
