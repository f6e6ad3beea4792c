/* What libbpf maps of files is heap memory here, and what it unmaps is freed. */
#ifndef SYS_MMAN_H
#define SYS_MMAN_H

#include <stddef.h>
#include <stdlib.h>
#include <sys/types.h>

#include "../../../src/files.h"

#define PROT_READ 1
#define MAP_PRIVATE 2
#define MAP_FAILED ((void *)-1)

static inline void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
	size_t size;
	void *data = wasm_bpf__read_all(fd, &size);

	(void)address, (void)length, (void)protection, (void)flags, (void)offset;
	return data ? data : MAP_FAILED;
}

static inline int munmap(void *address, size_t length)
{
	(void)length;
	free(address);
	return 0;
}

#endif
