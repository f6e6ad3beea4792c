/* The buffers for the verifier's logs that programs and objects were given, for bpf_object__load(). */
#ifndef LOG_BUFFERS_H
#define LOG_BUFFERS_H

#include <stddef.h>

#include <wasm_bpf/abi_types.h>

struct log_buffer {
	struct log_buffer *next;
	wasm_bpf_handle owner; /* an object or a program */
	char *buffer;
	size_t size;
};

struct log_buffer *wasm_bpf__find_log_buffer(wasm_bpf_handle owner);

/* 0 or a negative errno value. */
int wasm_bpf__set_log_buffer(wasm_bpf_handle owner, char *buffer, size_t size);

/* Fills them after a load of the object; null as long as there are none, so that guests link it only with them. */
extern void (*wasm_bpf__fill_logs)(wasm_bpf_handle object);

#endif
