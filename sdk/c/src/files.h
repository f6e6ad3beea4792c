/* Files of the guest's own folders (wasm-bpf run --dir). */
#ifndef FILES_H
#define FILES_H

#include <stddef.h>

/* What the file holds, in memory to be freed; null and errno. */
void *wasm_bpf__read_all(int fd, size_t *size);

#endif
