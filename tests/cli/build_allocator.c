// Allocates, moves and frees at random, with every block's content checked; build_test.cpp runs it.
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { slots = 512, rounds = 100000 };

static struct slot {
	unsigned char *memory;
	size_t size;
	unsigned char fill;
} table[slots];

static uint32_t next_random(void)
{
	static uint32_t state = 1;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static int fail(const char *what)
{
	printf("%s\n", what);
	return 1;
}

static int holds(const unsigned char *memory, size_t size, unsigned char value)
{
	for (size_t i = 0; i < size; i++)
		if (memory[i] != value)
			return 0;
	return 1;
}

static int allocate(struct slot *slot, uint32_t way)
{
	size_t alignment = way == 1 ? 4096 : way == 2 ? 64 : 16;

	free(slot->memory);
	slot->memory = NULL;
	if (way == 0)
		slot->memory = calloc(1, slot->size);
	else if (way < 3 && posix_memalign((void **)&slot->memory, alignment, slot->size))
		return fail("posix_memalign fails");
	else if (way >= 3)
		slot->memory = malloc(slot->size);
	if (!slot->memory || (uintptr_t)slot->memory % alignment)
		return fail("no memory, or not aligned");
	if (way == 0 && !holds(slot->memory, slot->size, 0))
		return fail("calloc gives memory that is not zero");
	return 0;
}

static int resize(struct slot *slot, size_t size)
{
	slot->memory = realloc(slot->memory, size);
	if (!slot->memory)
		return fail("realloc fails");
	return holds(slot->memory, size < slot->size ? size : slot->size, slot->fill) ? 0 : fail("realloc loses content");
}

int main(void)
{
	for (int round = 0; round < rounds; round++) {
		struct slot *slot = &table[next_random() % slots];
		size_t size = next_random() % (next_random() % 64 ? 600 : 200000);
		uint32_t way = next_random() % 8;

		if (!holds(slot->memory, slot->size, slot->fill))
			return fail("a block was overwritten");
		if (slot->memory && way > 5 && resize(slot, size))
			return 1;
		slot->size = size;
		if ((!slot->memory || way <= 5) && allocate(slot, way))
			return 1;
		slot->fill = (unsigned char)next_random();
		memset(slot->memory, slot->fill, size);
	}
	for (int i = 0; i < slots; i++)
		free(table[i].memory);

	/* All is free and merged: what was used for the small blocks serves a large one. */
	size_t pages = __builtin_wasm_memory_size(0);
	void *volatile large = malloc((pages - 20) * 65536 / 2);
	if (!large || __builtin_wasm_memory_size(0) != pages)
		return fail("free blocks are not merged");
	/* volatile: the optimizer would take an unused block for granted. */
	void *volatile huge = malloc(SIZE_MAX);
	void *volatile huge_aligned = aligned_alloc(4096, SIZE_MAX - 8);
	if (huge || huge_aligned || errno != ENOMEM)
		return fail("more memory than there can be");
	printf("ok\n");
	return 0;
}
