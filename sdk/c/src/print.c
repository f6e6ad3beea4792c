/* What libbpf says, to the guest's print function or standard error. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>

#include "print.h"

/* libbpf_internal.h */
void libbpf_print(enum libbpf_print_level level, const char *format, ...);

static struct {
	libbpf_print_fn_t function;
	int chosen; /* 0: stderr, without a printf being linked for it */
} printing;

static int print_to_stderr(enum libbpf_print_level level, const char *format, va_list args)
{
	const char *chosen = getenv("LIBBPF_LOG_LEVEL");
	enum libbpf_print_level most = LIBBPF_INFO;

	if (chosen && !strcasecmp(chosen, "warn"))
		most = LIBBPF_WARN;
	else if (chosen && !strcasecmp(chosen, "debug"))
		most = LIBBPF_DEBUG;
	return level > most ? 0 : vfprintf(stderr, format, args);
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

/* libbpf's own code prints by it. */
void libbpf_print(enum libbpf_print_level level, const char *format, ...)
{
	const int saved = errno;
	va_list args;

	va_start(args, format);
	if (!printing.chosen)
		print_to_stderr(level, format, args);
	else if (printing.function)
		printing.function(level, format, args);
	va_end(args);
	errno = saved;
}

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

void wasm_bpf__pass_messages(void)
{
	if (printing.chosen && printing.function)
		pass_messages();
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

