/* Not in libbpf: what native code does by read() on the fd of an iterator or of a perf event. */
#ifndef WASM_BPF_STREAM_H
#define WASM_BPF_STREAM_H

#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The number of bytes, 0 at the end, or -1 with errno. wasm_bpf_close() ends what bpf_iter_create() gave. */
ssize_t wasm_bpf_read(int fd, void *buffer, size_t size);

#ifdef __cplusplus
}
#endif

#endif
