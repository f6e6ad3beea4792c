/* errno in Linux' numbers (compat/errno.h). wasi-libc's functions set an errno of their own, in WASI's; it is read and
 * put away here when the guest looks at its own. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <wasm_bpf/abi.h>

extern _Thread_local int libc_errno __asm__("errno");

/* What libc_errno holds when the guest has seen it: no function of the library sets it. */
enum { seen = 0x7fff };

/* By WASI's numbers: https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#errno */
static int linux_number(int wasi_errno)
{
	static const uint8_t numbers[] = {
		0, E2BIG, EACCES, EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EAGAIN, EALREADY, EBADF, EBADMSG, EBUSY,
		ECANCELED, ECHILD, ECONNABORTED, ECONNREFUSED, ECONNRESET, EDEADLK, EDESTADDRREQ, EDOM, EDQUOT,
		EEXIST, EFAULT, EFBIG, EHOSTUNREACH, EIDRM, EILSEQ, EINPROGRESS, EINTR, EINVAL, EIO, EISCONN,
		EISDIR, ELOOP, EMFILE, EMLINK, EMSGSIZE, EMULTIHOP, ENAMETOOLONG, ENETDOWN, ENETRESET, ENETUNREACH,
		ENFILE, ENOBUFS, ENODEV, ENOENT, ENOEXEC, ENOLCK, ENOLINK, ENOMEM, ENOMSG, ENOPROTOOPT, ENOSPC,
		ENOSYS, ENOTCONN, ENOTDIR, ENOTEMPTY, ENOTRECOVERABLE, ENOTSOCK, EOPNOTSUPP, ENOTTY, ENXIO,
		EOVERFLOW, EOWNERDEAD, EPERM, EPIPE, EPROTO, EPROTONOSUPPORT, EPROTOTYPE, ERANGE, EROFS, ESPIPE,
		ESRCH, ESTALE, ETIMEDOUT, ETXTBSY, EXDEV, EACCES /* ENOTCAPABLE: no folder given for it */,
	};

	return (unsigned)wasi_errno < sizeof(numbers) ? numbers[wasi_errno] : EIO;
}

int *__errno_location(void)
{
	static int number;

	if (libc_errno != seen) {
		number = linux_number(libc_errno);
		libc_errno = seen;
	}
	return &number;
}

/* In the host's words. The library's printf("%m") and perror() call it with its own errno. */
char *__wrap_strerror(int error)
{
	static char text[128];

	if (error == libc_errno)
		error = errno;
	wasm_bpf_error_name(error, text, sizeof(text));
	return text;
}

/* For libbpf's own code. */
int wasm_bpf__strerror_r(int error, char *text, size_t size);

int wasm_bpf__strerror_r(int error, char *text, size_t size)
{
	return wasm_bpf_error_name(error, text, size) < (int32_t)size ? 0 : ERANGE;
}
