/* Maps: their shape and what is set before load. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>

#include "info.h"
#include "names.h"

struct wasm_bpf_map_info wasm_bpf__map_info(const struct bpf_map *map)
{
	struct wasm_bpf_map_info info = { 0 };

	wasm_bpf__result(wasm_bpf_map_info(wasm_bpf__map_handle(map), &info, sizeof(info)));
	return info;
}

static int map_set(struct bpf_map *map, enum wasm_bpf_map_field field, uint64_t value)
{
	return wasm_bpf__explain(wasm_bpf_map_set(wasm_bpf__map_handle(map), field, value));
}

int bpf_map__fd(const struct bpf_map *map)
{
	if (map)
		return wasm_bpf__map_handle(map);
	errno = EINVAL;
	return -errno;
}

const char *bpf_map__name(const struct bpf_map *map)
{
	struct wasm_bpf_map_info info = wasm_bpf__map_info(map);

	return wasm_bpf__keep_name(wasm_bpf__map_handle(map), 'm', info.name);
}

enum bpf_map_type bpf_map__type(const struct bpf_map *map)
{
	return (enum bpf_map_type)wasm_bpf__map_info(map).type;
}

__u32 bpf_map__key_size(const struct bpf_map *map)
{
	return wasm_bpf__map_info(map).key_size;
}

__u32 bpf_map__value_size(const struct bpf_map *map)
{
	return wasm_bpf__map_info(map).value_size;
}

__u32 bpf_map__max_entries(const struct bpf_map *map)
{
	return wasm_bpf__map_info(map).max_entries;
}

__u32 bpf_map__map_flags(const struct bpf_map *map)
{
	return wasm_bpf__map_info(map).map_flags;
}

bool bpf_map__is_internal(const struct bpf_map *map)
{
	return wasm_bpf__map_info(map).global_data;
}

int bpf_map__set_type(struct bpf_map *map, enum bpf_map_type type)
{
	return map_set(map, WASM_BPF_MAP_TYPE, type);
}

int bpf_map__set_max_entries(struct bpf_map *map, __u32 max_entries)
{
	return map_set(map, WASM_BPF_MAP_MAX_ENTRIES, max_entries);
}

int bpf_map__set_key_size(struct bpf_map *map, __u32 size)
{
	return map_set(map, WASM_BPF_MAP_KEY_SIZE, size);
}

int bpf_map__set_value_size(struct bpf_map *map, __u32 size)
{
	return map_set(map, WASM_BPF_MAP_VALUE_SIZE, size);
}

int bpf_map__set_autocreate(struct bpf_map *map, bool autocreate)
{
	return map_set(map, WASM_BPF_MAP_AUTOCREATE, autocreate);
}

bool bpf_map__autocreate(const struct bpf_map *map)
{
	return wasm_bpf__map_info(map).autocreate;
}

int bpf_map__set_map_flags(struct bpf_map *map, __u32 flags)
{
	return map_set(map, WASM_BPF_MAP_FLAGS, flags);
}

__u32 bpf_map__numa_node(const struct bpf_map *map)
{
	return wasm_bpf__map_info(map).numa_node;
}

int bpf_map__set_numa_node(struct bpf_map *map, __u32 numa_node)
{
	return map_set(map, WASM_BPF_MAP_NUMA_NODE, numa_node);
}

__u64 bpf_map__map_extra(const struct bpf_map *map)
{
	return wasm_bpf__map_info(map).map_extra;
}

int bpf_map__set_map_extra(struct bpf_map *map, __u64 map_extra)
{
	return map_set(map, WASM_BPF_MAP_EXTRA, map_extra);
}

__u32 bpf_map__ifindex(const struct bpf_map *map)
{
	return wasm_bpf__map_info(map).interface_index;
}

int bpf_map__set_ifindex(struct bpf_map *map, __u32 ifindex)
{
	return map_set(map, WASM_BPF_MAP_INTERFACE, ifindex);
}

bool bpf_map__autoattach(const struct bpf_map *map)
{
	return wasm_bpf__map_info(map).autoattach;
}

int bpf_map__set_autoattach(struct bpf_map *map, bool autoattach)
{
	return map_set(map, WASM_BPF_MAP_AUTOATTACH, autoattach);
}

__u32 bpf_map__btf_key_type_id(const struct bpf_map *map)
{
	return map ? wasm_bpf__map_info(map).btf_key_type_id : 0;
}

__u32 bpf_map__btf_value_type_id(const struct bpf_map *map)
{
	return map ? wasm_bpf__map_info(map).btf_value_type_id : 0;
}

/* Of global data, before load. */
int bpf_map__set_initial_value(struct bpf_map *map, const void *data, size_t size)
{
	return wasm_bpf__explain(wasm_bpf_map_set_initial_value(wasm_bpf__map_handle(map), data, size));
}

int bpf_map__set_inner_map_fd(struct bpf_map *map, int fd)
{
	return wasm_bpf__explain(wasm_bpf_map_set_inner(wasm_bpf__map_handle(map), fd));
}

int bpf_map__set_exclusive_program(struct bpf_map *map, struct bpf_program *program)
{
	return wasm_bpf__explain(
		wasm_bpf_map_set_exclusive(wasm_bpf__map_handle(map), wasm_bpf__program_handle(program)));
}

struct bpf_program *bpf_map__exclusive_program(struct bpf_map *map)
{
	const int program = wasm_bpf__result(wasm_bpf_map_exclusive(wasm_bpf__map_handle(map)));

	return program > 0 ? (struct bpf_program *)(uintptr_t)program : NULL;
}

/* Of the same type and sizes. */
int bpf_map__reuse_fd(struct bpf_map *map, int fd)
{
	return wasm_bpf__explain(wasm_bpf_map_reuse(wasm_bpf__map_handle(map), fd));
}

/* For bpf_map_create: names the object, whose BTF it is. */
int bpf_object__btf_fd(const struct bpf_object *object)
{
	return wasm_bpf__object_handle(object);
}
