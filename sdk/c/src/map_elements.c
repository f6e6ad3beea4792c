/* Element operations that check the caller's sizes; those by fd are in elements.c. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>

#include "info.h"

/* The checks that libbpf makes before it trusts the caller's sizes. 0 sizes: the call has no such argument. */
static int check_element(const struct bpf_map *map, size_t key_size, const size_t *value_size)
{
	struct wasm_bpf_map_info info = wasm_bpf__map_info(map);

	if (key_size == info.key_size && (!value_size || *value_size == info.value_bytes))
		return 0;
	errno = EINVAL;
	return -errno;
}

int bpf_map__lookup_elem(const struct bpf_map *map, const void *key, size_t key_size, void *value,
				    size_t value_size, __u64 flags)
{
	int result = check_element(map, key_size, &value_size);

	return result ? result : bpf_map_lookup_elem_flags(bpf_map__fd(map), key, value, flags);
}

int bpf_map__update_elem(const struct bpf_map *map, const void *key, size_t key_size, const void *value,
				    size_t value_size, __u64 flags)
{
	int result = check_element(map, key_size, &value_size);

	return result ? result : bpf_map_update_elem(bpf_map__fd(map), key, value, flags);
}

int bpf_map__delete_elem(const struct bpf_map *map, const void *key, size_t key_size, __u64 flags)
{
	int result = check_element(map, key_size, NULL);

	return result ? result : bpf_map_delete_elem_flags(bpf_map__fd(map), key, flags);
}

int bpf_map__lookup_and_delete_elem(const struct bpf_map *map, const void *key, size_t key_size,
					       void *value, size_t value_size, __u64 flags)
{
	int result = check_element(map, key_size, &value_size);

	return result ? result : bpf_map_lookup_and_delete_elem_flags(bpf_map__fd(map), key, value, flags);
}

int bpf_map__get_next_key(const struct bpf_map *map, const void *key, void *next_key, size_t key_size)
{
	int result = check_element(map, key_size, NULL);

	return result ? result : bpf_map_get_next_key(bpf_map__fd(map), key, next_key);
}
