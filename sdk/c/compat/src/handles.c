/* close(), read() and ioctl() of what the host holds for the guest; handles and WASI's fds differ by number. */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wasi/api.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>

enum { least_handle = 1 << 16 };

extern _Thread_local int libc_errno __asm__("errno"); /* in WASI's numbers: sdk/c/src/errno.c */

static int result_of(__wasi_errno_t error)
{
	if (!error)
		return 0;
	libc_errno = error;
	return -1;
}

/* Closing the handle of an object's map or program changes nothing, as it does natively as long as the object lives. */
int close(int fd)
{
	if (fd < least_handle)
		return result_of(__wasi_fd_close(fd));
	int result = wasm_bpf_close(fd);

	return result == -22 /* it is owned */ || wasm_bpf__result(result) >= 0 ? 0 : -1;
}

ssize_t read(int fd, void *data, size_t size)
{
	if (fd >= least_handle) {
		int result = wasm_bpf__result(wasm_bpf_stream_read(fd, data, size));

		return result < 0 ? -1 : result;
	}
	__wasi_iovec_t room = {data, size};
	size_t count;

	return result_of(__wasi_fd_read(fd, &room, 1, &count)) < 0 ? -1 : (ssize_t)count;
}

static int control_event(int event, unsigned request, int argument)
{
	struct wasm_bpf_attach_options options = {
		.size = sizeof(options),
		.kind = WASM_BPF_ATTACH_PERF_EVENT,
		.handle = event,
		.flags = WASM_BPF_ATTACH_LEAVE_DISABLED,
	};
	int32_t result;

	switch (request) {
	case PERF_EVENT_IOC_ENABLE:
		result = wasm_bpf_perf_event_control(event, WASM_BPF_PERF_EVENT_ENABLE);
		break;
	case PERF_EVENT_IOC_DISABLE:
		result = wasm_bpf_perf_event_control(event, WASM_BPF_PERF_EVENT_DISABLE);
		break;
	case PERF_EVENT_IOC_RESET:
		result = wasm_bpf_perf_event_control(event, WASM_BPF_PERF_EVENT_RESET);
		break;
	case PERF_EVENT_IOC_SET_BPF: /* lasts until the guest ends, or the program's object is closed */
		result = wasm_bpf_program_attach(argument, &options);
		break;
	default:
		errno = ENOTTY;
		return -1;
	}
	return wasm_bpf__explain(result) < 0 ? -1 : 0;
}

int ioctl(int fd, int request, ...)
{
	va_list arguments;
	int argument;

	if (fd < least_handle) {
		errno = ENOTTY;
		return -1;
	}
	va_start(arguments, request);
	argument = va_arg(arguments, int);
	va_end(arguments);
	return control_event(fd, (unsigned)request, argument);
}
