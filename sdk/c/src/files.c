#include "files.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void *wasm_bpf__read_all(int fd, size_t *size)
{
	struct stat status;
	char *data = NULL;
	ssize_t got = 1;

	*size = 0;
	if (fstat(fd, &status))
		return NULL;
	data = malloc(status.st_size + 1);
	while (data && got > 0 && *size < (size_t)status.st_size) {
		got = read(fd, data + *size, status.st_size - *size);
		*size += got > 0 ? got : 0;
	}
	if (!data || got >= 0)
		return data;
	int saved = errno;
	free(data);
	errno = saved;
	return NULL;
}
