/* A guest's heap. The C library's own allocator would be a quarter of a small guest's code; this one takes and gives back in
 * constant time too, with free neighbours merged, and is a tenth of that. `wasm-bpf build` links it into every guest; a
 * guest that defines these functions itself gets its own.
 *
 * Memory is a row of blocks, each with a header before its payload. Free blocks are kept in lists by the power of two of
 * their size. A block of size 0 that is never free ends each stretch of memory. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define WEAK __attribute__((weak))

enum { unit = 16, header_bytes = 8, wasm_page = 65536, bins = 28 };

struct block {
	uint32_t before;     /* bytes of the block before this one; 0: this is the first */
	uint32_t size;       /* bytes with the header, a multiple of `unit`; bit 0: it is free */
	struct block *next;  /* in its list, while free; here the payload begins otherwise */
	struct block *previous;
};

extern char __heap_base;

static struct block *lists[bins];
static uint32_t filled; /* bit n: lists[n] has blocks */
static char *heap_end;

static uint32_t size_of(const struct block *block)
{
	return block->size & ~1u;
}

static struct block *at(void *block, int32_t distance)
{
	return (struct block *)((char *)block + distance);
}

static struct block *block_of(void *payload)
{
	return at(payload, -header_bytes);
}

static uint32_t bin_of(uint32_t size)
{
	return 27 - __builtin_clz(size); /* 16 bytes: 0 */
}

static void set_size(struct block *block, uint32_t size, uint32_t is_free)
{
	block->size = size | is_free;
	at(block, size)->before = size;
}

static void unlink_block(struct block *block)
{
	uint32_t bin = bin_of(size_of(block));

	if (block->next)
		block->next->previous = block->previous;
	if (block->previous)
		block->previous->next = block->next;
	else if (!(lists[bin] = block->next))
		filled &= ~(1u << bin);
}

/* Puts a block into its list, merged with its free neighbours. */
static void release(struct block *block, uint32_t size)
{
	struct block *after = at(block, size);

	if (after->size & 1) {
		unlink_block(after);
		size += size_of(after);
	}
	if (block->before && at(block, -(int32_t)block->before)->size & 1) {
		block = at(block, -(int32_t)block->before);
		unlink_block(block);
		size += size_of(block);
	}
	set_size(block, size, 1);

	uint32_t bin = bin_of(size);

	block->previous = NULL;
	block->next = lists[bin];
	if (block->next)
		block->next->previous = block;
	lists[bin] = block;
	filled |= 1u << bin;
}

/* Takes more memory from the engine: what is there from the beginning, then by growing. */
static int grow(uint32_t size)
{
	char *end = (char *)((uintptr_t)__builtin_wasm_memory_size(0) * wasm_page);
	uint32_t wanted = (size + 2 * unit + wasm_page - 1) / wasm_page;
	int first = !heap_end;
	char *start = first ? &__heap_base : end;

	if (first && (uint32_t)(end - start) >= size + 3 * unit)
		wanted = 0;
	if (wanted && __builtin_wasm_memory_grow(0, wanted) == SIZE_MAX)
		return 0;
	if (!first && heap_end == start) {
		start -= header_bytes; /* the block that ended the memory so far */
	} else {
		start = (char *)(((uintptr_t)start + unit - 1) / unit * unit + header_bytes);
		at(start, 0)->before = 0;
	}
	heap_end = end + wanted * wasm_page;
	at(heap_end, -header_bytes)->size = 0;
	release(at(start, 0), (uint32_t)(heap_end - header_bytes - start));
	return 1;
}

/* A free block of at least `size`, or null: any of a longer list's, or one of the first few of its own list. */
static struct block *find(uint32_t size)
{
	uint32_t bin = bin_of(size);
	struct block *block = lists[bin];

	for (int tries = 0; block && tries < 8; tries++, block = block->next)
		if (size_of(block) >= size)
			return block;
	uint32_t longer = filled & ~((2u << bin) - 1);
	return longer ? lists[__builtin_ctz(longer)] : NULL;
}

/* Gives back what a block has beyond `size`. */
static void trim(struct block *block, uint32_t size)
{
	uint32_t rest = size_of(block) - size;

	set_size(block, rest ? size : size_of(block), 0);
	if (!rest)
		return;
	set_size(at(block, size), rest, 0);
	release(at(block, size), rest);
}

static uint32_t block_size(size_t bytes)
{
	return ((uint32_t)bytes + header_bytes + unit - 1) & ~(uint32_t)(unit - 1);
}

WEAK void *malloc(size_t bytes)
{
	uint32_t size = block_size(bytes);
	struct block *block = NULL;

	if (bytes <= PTRDIFF_MAX - wasm_page) {
		block = find(size);
		if (!block && grow(size))
			block = find(size);
	}
	if (!block) {
		errno = ENOMEM;
		return NULL;
	}
	unlink_block(block);
	trim(block, size);
	return (char *)block + header_bytes;
}

WEAK void free(void *payload)
{
	if (payload)
		release(block_of(payload), size_of(block_of(payload)));
}

WEAK size_t malloc_usable_size(void *payload)
{
	return payload ? size_of(block_of(payload)) - header_bytes : 0;
}

WEAK void *calloc(size_t count, size_t bytes)
{
	size_t total;

	if (__builtin_mul_overflow(count, bytes, &total))
		total = SIZE_MAX;
	void *payload = malloc(total);
	return payload ? memset(payload, 0, total) : NULL;
}

WEAK void *realloc(void *payload, size_t bytes)
{
	size_t room = malloc_usable_size(payload);

	if (payload && bytes <= room) {
		trim(block_of(payload), block_size(bytes));
		return payload;
	}
	void *moved = malloc(bytes);
	if (!moved || !payload)
		return moved;
	memcpy(moved, payload, room);
	free(payload);
	return moved;
}

WEAK void *aligned_alloc(size_t alignment, size_t bytes)
{
	if (!alignment || alignment & (alignment - 1)) {
		errno = EINVAL;
		return NULL;
	}
	if (alignment <= unit)
		return malloc(bytes);

	size_t total;
	char *payload = malloc(__builtin_add_overflow(bytes, alignment, &total) ? SIZE_MAX : total);
	if (!payload)
		return NULL;
	char *aligned = (char *)(((uintptr_t)payload + alignment - 1) & ~(alignment - 1));
	if (aligned != payload) {
		struct block *block = block_of(payload);
		uint32_t skipped = (uint32_t)(aligned - payload);
		set_size(block_of(aligned), size_of(block) - skipped, 0);
		set_size(block, skipped, 0);
		release(block, skipped);
	}
	trim(block_of(aligned), block_size(bytes));
	return aligned;
}

WEAK int posix_memalign(void **result, size_t alignment, size_t bytes)
{
	int saved = errno;
	void *payload = aligned_alloc(alignment, bytes);
	int error = payload ? 0 : errno;

	errno = saved;
	if (payload)
		*result = payload;
	return error;
}
