/* From the host's results to libbpf's. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>

#include "print.h"

/* A result of the host as libbpf gives it: >= 0, or a negative errno value that errno holds too. */
int wasm_bpf__result(int32_t result)
{
	if (result >= 0)
		return result;
	errno = -result;
	return result;
}

/* The same for calls whose failure libbpf explains: prints the host's reason. */
static int explain_failure(int32_t result)
{
	char room[512], *text = room;
	int32_t size = wasm_bpf_error_text(room, sizeof(room)) + 1;

	if (size > (int32_t)sizeof(room) && (text = (char *)malloc(size)))
		wasm_bpf_error_text(text, size);
	wasm_bpf__warn(text ? text : room);
	if (text != room)
		free(text);
	return wasm_bpf__result(result);
}

int wasm_bpf__explain(int32_t result)
{
	wasm_bpf__pass_messages();
	return result >= 0 ? result : explain_failure(result);
}

/* A handle as libbpf's opaque pointer: null with errno set where there is none. */
void *wasm_bpf__pointer(wasm_bpf_handle handle)
{
	return wasm_bpf__result(handle) > 0 ? (void *)(uintptr_t)handle : NULL;
}

void *wasm_bpf__explained_pointer(wasm_bpf_handle handle)
{
	return wasm_bpf__explain(handle) > 0 ? (void *)(uintptr_t)handle : NULL;
}

/* Refuses what this version of the guest ABI does not offer, and says what. */
int wasm_bpf__unsupported(const char *text)
{
	wasm_bpf__warn(text);
	errno = ENOTSUP;
	return -errno;
}

/* Pointers are null on failure, as from libbpf 1.0 on; libbpf's own code asks it about encoded errors, too. */
long libbpf_get_error(const void *pointer)
{
	const uintptr_t first_encoded = -4095;

	if (pointer && (uintptr_t)pointer < first_encoded)
		return 0;
	if (pointer)
		errno = -(long)pointer;
	return -errno;
}
