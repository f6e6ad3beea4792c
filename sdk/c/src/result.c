/* From the host's results to libbpf's, and what libbpf says to the guest's print function. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>

static struct {
	libbpf_print_fn_t function;
	int chosen; /* 0: stderr, without a printf being linked for it */
} printing;

static int print_to_stderr(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_DEBUG ? 0 : vfprintf(stderr, format, args);
}

/* Replaces the function that gets libbpf's messages; null: none. Returns the one before. */
libbpf_print_fn_t libbpf_set_print(libbpf_print_fn_t function)
{
	libbpf_print_fn_t before = printing.chosen ? printing.function : print_to_stderr;

	printing.function = function;
	printing.chosen = 1;
	wasm_bpf_log_keep(function ? LIBBPF_DEBUG : -1);
	return before;
}

static void call_print(enum libbpf_print_level level, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printing.function(level, format, args);
	va_end(args);
}

/* Hands over what libbpf said in the host since the last time. */
static void pass_messages(void)
{
	char room[512], *text = room;
	int32_t size = sizeof(room), length;
	uint32_t level;

	while ((length = wasm_bpf_log_next(&level, text, size)) > 0) {
		if (length < size) {
			call_print((enum libbpf_print_level)level, "%s", text);
			continue;
		}
		char *larger = (char *)realloc(text == room ? NULL : text, length + 1);
		if (!larger)
			break;
		text = larger;
		size = length + 1;
	}
	if (text != room)
		free(text);
}

void wasm_bpf__warn(const char *text)
{
	if (!printing.chosen) {
		write(STDERR_FILENO, "libbpf: ", 8);
		write(STDERR_FILENO, text, strlen(text));
		write(STDERR_FILENO, "\n", 1);
	} else if (printing.function) {
		call_print(LIBBPF_WARN, "libbpf: %s\n", text);
	}
}

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
	if (printing.chosen && printing.function)
		pass_messages();
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

int libbpf_strerror(int error, char *text, size_t size)
{
	if (!text || !size) {
		errno = EINVAL;
		return -errno;
	}
	const char *reason = strerror(error < 0 ? -error : error);
	size_t length = strlen(reason);
	int cut = length >= size;

	if (cut)
		length = size - 1;
	memcpy(text, reason, length);
	text[length] = '\0';
	if (cut)
		errno = ERANGE;
	return cut ? -ERANGE : 0;
}

/* Pointers are null on failure, as from libbpf 1.0 on: the negative errno value of the call that gave it. */
long libbpf_get_error(const void *pointer)
{
	return pointer ? 0 : -errno;
}
