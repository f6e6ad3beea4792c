#include "global_data.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>

/* The copy of one map's variables. */
struct copy {
	struct copy *next;
	void *owner; /* the skeleton */
	wasm_bpf_handle map;
	uint32_t bytes;
	uint32_t offset; /* of the variables in the map */
	bool settable;   /* before load */
	bool live;       /* loaded, and not read-only */
	char *memory;    /* what the guest sees and changes */
	char synced[];   /* what both sides had last */
};

static struct {
	struct copy *first;
	int (*sync)(void); /* set with the first copy, so that guests link it only where a skeleton has variables */
} copies;

/* What the guest changed goes to the map, and what programs changed comes back; bytes that both changed are the
 * guest's. */
static int copy_sync(struct copy *copy)
{
	for (uint32_t at = 0; at < copy->bytes; at++) {
		const uint32_t begin = at;
		while (at < copy->bytes && copy->memory[at] != copy->synced[at])
			at++;
		if (at == begin)
			continue;
		int result = wasm_bpf_map_write(copy->map, copy->offset + begin, copy->memory + begin, at - begin);
		if (result < 0)
			return wasm_bpf__explain(result);
	}
	int result = wasm_bpf_map_read(copy->map, copy->offset, copy->synced, copy->bytes);
	if (result < 0)
		return wasm_bpf__explain(result);
	memcpy(copy->memory, copy->synced, copy->bytes);
	return 0;
}

static int copies_sync(void)
{
	int result = 0;

	for (struct copy *copy = copies.first; copy && !result; copy = copy->next)
		if (copy->live)
			result = copy_sync(copy);
	return result;
}

/* Called around every wait for programs and every run of one. Nothing where there are no copies. */
int wasm_bpf__sync(void)
{
	return copies.sync ? copies.sync() : 0;
}

/* New memory, the owner's, with a map's initial variables; null and errno. */
void *wasm_bpf__copy_new(void *owner, wasm_bpf_handle map, uint32_t bytes, bool settable)
{
	struct copy *copy = (struct copy *)calloc(1, sizeof(*copy) + bytes);
	void *memory = malloc(bytes);

	if (!copy || !memory || wasm_bpf__explain(wasm_bpf_map_initial_value(map, memory, bytes)) < 0) {
		int saved = copy && memory ? errno : ENOMEM;
		free(copy);
		free(memory);
		errno = saved;
		return NULL;
	}
	copy->next = copies.first;
	copy->owner = owner;
	copy->map = map;
	copy->bytes = bytes;
	copy->settable = settable;
	copy->memory = (char *)memory;
	copies.first = copy;
	copies.sync = copies_sync;
	return memory;
}

/* Before load: the copies are what programs start with, but for maps that the object takes from others (bpf_map__reuse_fd):
 * these have a content, and the host says that they are in use. */
int wasm_bpf__copies_set(const void *owner)
{
	for (struct copy *copy = copies.first; copy; copy = copy->next) {
		if (copy->owner != owner || !copy->settable)
			continue;
		int result = wasm_bpf_map_set_initial_value(copy->map, copy->memory, copy->bytes);
		if (result < 0 && result != -EBUSY)
			return wasm_bpf__explain(result);
	}
	return 0;
}

/* After load: they are what the kernel has. */
int wasm_bpf__copies_start(const void *owner)
{
	int result = 0;

	for (struct copy *copy = copies.first; copy && result == 0; copy = copy->next) {
		struct wasm_bpf_map_info info = { 0 };
		if (copy->owner != owner)
			continue;
		result = wasm_bpf__explain(wasm_bpf_map_info(copy->map, &info, sizeof(info)));
		copy->offset = info.data_offset;
		copy->live = !info.read_only;
		memcpy(copy->synced, copy->memory, copy->bytes);
		if (result == 0)
			result = copy_sync(copy);
	}
	return result;
}

void wasm_bpf__copies_free(const void *owner)
{
	struct copy **at = &copies.first;

	while (*at) {
		struct copy *copy = *at;
		if (copy->owner != owner) {
			at = &copy->next;
			continue;
		}
		*at = copy->next;
		free(copy);
	}
}
