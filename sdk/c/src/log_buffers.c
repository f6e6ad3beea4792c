#include "log_buffers.h"

#include <errno.h>
#include <stdlib.h>

#include <wasm_bpf/abi.h>

static struct log_buffer *buffers;
void (*wasm_bpf__fill_logs)(wasm_bpf_handle object);

struct log_buffer *wasm_bpf__find_log_buffer(wasm_bpf_handle owner)
{
	struct log_buffer *at = buffers;

	while (at && at->owner != owner)
		at = at->next;
	return at;
}

/* A program's own buffer gets its log; the object's, that of each program without, the last one staying: as libbpf. */
static void fill_log_buffers(wasm_bpf_handle object)
{
	struct log_buffer *whole = wasm_bpf__find_log_buffer(object);
	wasm_bpf_handle program = 0;

	while ((program = wasm_bpf_object_next_program(object, program)) > 0) {
		struct log_buffer *log = wasm_bpf__find_log_buffer(program);
		if (!log)
			log = whole;
		if (log && wasm_bpf_program_log(program, NULL, 0) > 0)
			wasm_bpf_program_log(program, log->buffer, log->size);
	}
}

int wasm_bpf__set_log_buffer(wasm_bpf_handle owner, char *buffer, size_t size)
{
	struct log_buffer *at = wasm_bpf__find_log_buffer(owner);

	if (size && !buffer) {
		errno = EINVAL;
		return -errno;
	}
	if (!at) {
		at = (struct log_buffer *)malloc(sizeof(*at));
		if (!at)
			return -errno;
		at->owner = owner;
		at->next = buffers;
		buffers = at;
	}
	at->buffer = buffer;
	at->size = size;
	wasm_bpf__fill_logs = fill_log_buffers;
	return 0;
}
