/* The files that a process has mapped for execution: which file and offset an address of it stands for. */
#ifndef PROCESS_MAPPINGS_H
#define PROCESS_MAPPINGS_H

#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct process_mapping {
	__u64 start, end, file_offset;
	char file[64]; /* without its folder */
};

struct process_mappings {
	struct process_mapping *mappings;
	size_t count;
};

static inline void process_mappings__free(struct process_mappings *all)
{
	free(all->mappings);
	all->mappings = NULL;
	all->count = 0;
}

/* None where the process is gone. A line: 55d0c000-55d0d000 r-xp 00002000 fe:00 1234   /usr/bin/cat */
static inline void process_mappings__load(struct process_mappings *all, unsigned int pid)
{
	char path[64], line[4352];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/maps", pid);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file)) {
		char *at, *permissions, *name;
		struct process_mapping mapping = { 0 };
		void *grown;

		mapping.start = strtoull(line, &at, 16);
		mapping.end = strtoull(at + 1, &at, 16);
		permissions = at + 1;
		name = strchr(line, '/');
		if (permissions[2] != 'x' || !name)
			continue;
		mapping.file_offset = strtoull(permissions + 5, NULL, 16);
		name = strrchr(name, '/') + 1;
		name[strcspn(name, "\n")] = 0;
		snprintf(mapping.file, sizeof(mapping.file), "%s", name);
		grown = realloc(all->mappings, (all->count + 1) * sizeof(*all->mappings));
		if (!grown)
			break;
		all->mappings = grown;
		all->mappings[all->count++] = mapping;
	}
	if (file)
		fclose(file);
}

static inline const char *process_mappings__find(const struct process_mappings *all, __u64 address, __u64 *offset)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct process_mapping *mapping = &all->mappings[i];

		if (address >= mapping->start && address < mapping->end) {
			*offset = address - mapping->start + mapping->file_offset;
			return mapping->file;
		}
	}
	return NULL;
}

#endif
