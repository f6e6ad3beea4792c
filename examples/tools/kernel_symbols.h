/* The kernel's functions by address, from /proc/kallsyms. */
#ifndef KERNEL_SYMBOLS_H
#define KERNEL_SYMBOLS_H

#include <ctype.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct kernel_symbol {
	__u64 address;
	__u32 name; /* its offset in the names */
};

struct kernel_symbols {
	struct kernel_symbol *symbols;
	size_t count, room;
	char *names;
	size_t name_bytes, name_room;
};

static inline void kernel_symbols__free(struct kernel_symbols *all)
{
	if (!all)
		return;
	free(all->symbols);
	free(all->names);
	free(all);
}

static inline bool kernel_symbols__add(struct kernel_symbols *all, __u64 address, const char *name)
{
	size_t bytes = strlen(name) + 1;

	if (all->count == all->room) {
		size_t room = all->room ? 2 * all->room : 16384;
		void *grown = realloc(all->symbols, room * sizeof(*all->symbols));

		if (!grown)
			return false;
		all->symbols = grown;
		all->room = room;
	}
	if (all->name_bytes + bytes > all->name_room) {
		size_t room = all->name_room ? 2 * all->name_room : 512 * 1024;
		void *grown = realloc(all->names, room);

		if (!grown)
			return false;
		all->names = grown;
		all->name_room = room;
	}
	memcpy(all->names + all->name_bytes, name, bytes);
	all->symbols[all->count].address = address;
	all->symbols[all->count++].name = all->name_bytes;
	all->name_bytes += bytes;
	return true;
}

static inline int kernel_symbols__compare(const void *left, const void *right)
{
	__u64 a = ((const struct kernel_symbol *)left)->address, b = ((const struct kernel_symbol *)right)->address;

	return (a > b) - (a < b);
}

/* NULL: the file cannot be read, or hides the addresses from this user. A line: ffffffff81000000 T _text [module] */
static inline struct kernel_symbols *kernel_symbols__load(void)
{
	FILE *file = fopen("/proc/kallsyms", "r");
	struct kernel_symbols *all = file ? calloc(1, sizeof(*all)) : NULL;
	char line[512];

	while (all && fgets(line, sizeof(line), file)) {
		char *kind, *name;
		__u64 address = strtoull(line, &kind, 16);

		if (!address || kind[0] != ' ' || (kind[1] | 0x20) != 't' || kind[2] != ' ')
			continue;
		name = kind + 3;
		name[strcspn(name, " \t\n")] = 0;
		if (!kernel_symbols__add(all, address, name)) {
			kernel_symbols__free(all);
			all = NULL;
		}
	}
	if (file)
		fclose(file);
	if (all && !all->count) {
		kernel_symbols__free(all);
		return NULL;
	}
	if (all)
		qsort(all->symbols, all->count, sizeof(*all->symbols), kernel_symbols__compare);
	return all;
}

/* The function that has the address, with the offset in it; NULL where none is known. */
static inline const char *kernel_symbols__find(const struct kernel_symbols *all, __u64 address, __u64 *offset)
{
	size_t low = 0, high = all ? all->count : 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all->symbols[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return NULL;
	*offset = address - all->symbols[low - 1].address;
	return all->names + all->symbols[low - 1].name;
}

#endif
