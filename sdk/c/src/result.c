/* From the host's results to libbpf's: negative errno values in the guest's own numbering, and a reason printed. */
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

/* The guest's errno value for Linux' (positive). */
int wasm_bpf__errno(int32_t linux_errno)
{
	static const uint8_t guest_errno[] = {
		[1] = EPERM, [2] = ENOENT, [3] = ESRCH, [4] = EINTR, [5] = EIO, [6] = ENXIO, [7] = E2BIG,
		[8] = ENOEXEC, [9] = EBADF, [10] = ECHILD, [11] = EAGAIN, [12] = ENOMEM, [13] = EACCES,
		[14] = EFAULT, [16] = EBUSY, [17] = EEXIST, [18] = EXDEV, [19] = ENODEV, [20] = ENOTDIR,
		[21] = EISDIR, [22] = EINVAL, [23] = ENFILE, [24] = EMFILE, [25] = ENOTTY, [26] = ETXTBSY,
		[27] = EFBIG, [28] = ENOSPC, [29] = ESPIPE, [30] = EROFS, [31] = EMLINK, [32] = EPIPE,
		[33] = EDOM, [34] = ERANGE, [35] = EDEADLK, [36] = ENAMETOOLONG, [37] = ENOLCK, [38] = ENOSYS,
		[39] = ENOTEMPTY, [40] = ELOOP, [42] = ENOMSG, [43] = EIDRM, [67] = ENOLINK, [71] = EPROTO,
		[72] = EMULTIHOP, [74] = EBADMSG, [75] = EOVERFLOW, [84] = EILSEQ, [88] = ENOTSOCK,
		[89] = EDESTADDRREQ, [90] = EMSGSIZE, [91] = EPROTOTYPE, [92] = ENOPROTOOPT,
		[93] = EPROTONOSUPPORT, [95] = EOPNOTSUPP, [97] = EAFNOSUPPORT, [98] = EADDRINUSE,
		[99] = EADDRNOTAVAIL, [100] = ENETDOWN, [101] = ENETUNREACH, [102] = ENETRESET,
		[103] = ECONNABORTED, [104] = ECONNRESET, [105] = ENOBUFS, [106] = EISCONN, [107] = ENOTCONN,
		[110] = ETIMEDOUT, [111] = ECONNREFUSED, [113] = EHOSTUNREACH, [114] = EALREADY,
		[115] = EINPROGRESS, [116] = ESTALE, [122] = EDQUOT, [125] = ECANCELED, [130] = EOWNERDEAD,
		[131] = ENOTRECOVERABLE,
	};
	const int32_t linux_enotsupp = 524; /* the kernel's own, which BPF calls return */

	if (linux_errno == linux_enotsupp)
		return ENOTSUP;
	int mapped = (uint32_t)linux_errno < sizeof(guest_errno) ? guest_errno[linux_errno] : 0;
	return mapped ? mapped : EIO;
}

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
	return before;
}

static void call_print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printing.function(LIBBPF_WARN, format, args);
	va_end(args);
}

void wasm_bpf__warn(const char *text)
{
	if (!printing.chosen) {
		write(STDERR_FILENO, "libbpf: ", 8);
		write(STDERR_FILENO, text, strlen(text));
		write(STDERR_FILENO, "\n", 1);
	} else if (printing.function) {
		call_print("libbpf: %s\n", text);
	}
}

/* A result of the host as libbpf gives it: >= 0, or a negative errno value that errno holds too. */
int wasm_bpf__result(int32_t result)
{
	if (result >= 0)
		return result;
	errno = wasm_bpf__errno(-result);
	return -errno;
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
