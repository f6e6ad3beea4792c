/* ../fcntl.h, ../stdio.h, ../sys/stat.h */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wasi/libc-find-relpath.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>

#include "refusal.h"

extern int libc_open(const char *path, int flags, ...) __asm__("open");
extern int libc_openat(int folder, const char *path, int flags, ...) __asm__("openat");
extern FILE *libc_fopen(const char *path, const char *mode) __asm__("fopen");
extern int libc_stat(const char *path, struct stat *status) __asm__("stat");

static bool begins_with(const char *text, const char *beginning)
{
	return !strncmp(text, beginning, strlen(beginning));
}

static bool is_given(const char *path)
{
	const char *prefix, *rest;

	return __wasilibc_find_abspath(path, &prefix, &rest) >= 0;
}

/* Files of the kernel's that cannot be opened are, as a rule, in a folder that the guest was not given. Said once. */
static void explain_missing(const char *path)
{
	static bool said[2];
	const bool is_sys = begins_with(path, "/sys/");
	int error = errno;

	if ((is_sys || begins_with(path, "/proc/")) && !said[is_sys] && !is_given(path)) {
		said[is_sys] = true;
		wasm_bpf__complain(path, ": the guest was not given this folder: run it with --dir ");
		wasm_bpf__complain(is_sys ? "/sys" : "/proc", "\n");
	}
	errno = error;
}

/* A cgroup's folder or a network namespace, to attach to, or with O_PATH any file that WASI does not have, as the key of an
 * inode storage map: its handle. -1 where it is none. */
static int open_handle(const char *path, int flags)
{
	const size_t size = strlen(path);

	if (begins_with(path, "/sys/fs/cgroup"))
		return wasm_bpf_cgroup_open(path, size);
	if (begins_with(path, "/run/netns/") || begins_with(path, "/var/run/netns/") ||
	    (size > 7 && !strcmp(path + size - 7, "/ns/net")))
		return wasm_bpf_network_namespace_open(path, size);
	if (flags & O_PATH && !is_given(path))
		return wasm_bpf__explain(wasm_bpf_file_open(path, size));
	return -1;
}

static int wasi_flags(int flags)
{
	static const struct {
		int linux_flag, wasi_flag;
	} pairs[] = {
		{O_CREAT, WASI_O_CREAT},	 {O_EXCL, WASI_O_EXCL},		  {O_TRUNC, WASI_O_TRUNC},
		{O_APPEND, WASI_O_APPEND},	 {O_NONBLOCK, WASI_O_NONBLOCK},	  {O_DIRECTORY, WASI_O_DIRECTORY},
		{O_NOFOLLOW, WASI_O_NOFOLLOW},
	};
	const int mode = flags & O_ACCMODE;
	int result = (mode != O_WRONLY ? WASI_O_RDONLY : 0) | (mode != O_RDONLY ? WASI_O_WRONLY : 0);

	for (unsigned i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (flags & pairs[i].linux_flag)
			result |= pairs[i].wasi_flag;
	return result;
}

/* WASI has no modes. */
int openat(int folder, const char *path, int flags, ...)
{
	return libc_openat(folder, path, wasi_flags(flags));
}

int open(const char *path, int flags, ...)
{
	int result = flags & (O_ACCMODE | O_CREAT) ? -1 : open_handle(path, flags);

	if (result < 0)
		result = libc_open(path, wasi_flags(flags));
	if (result < 0)
		explain_missing(path);
	return result;
}

FILE *fopen(const char *restrict path, const char *restrict mode)
{
	FILE *file = libc_fopen(path, mode);

	if (!file)
		explain_missing(path);
	return file;
}

/* The PID namespace by the numbers that bpf_get_ns_current_pid_tgid() takes: WASI follows no link of this kind. */
static bool is_own_pid_namespace(const char *path)
{
	char own[sizeof("/proc//ns/pid") + 3 * sizeof(int)];

	snprintf(own, sizeof(own), "/proc/%d/ns/pid", getpid());
	return !strcmp(path, "/proc/self/ns/pid") || !strcmp(path, own);
}

int stat(const char *restrict path, struct stat *restrict status)
{
	int result;

	if (is_own_pid_namespace(path)) {
		memset(status, 0, sizeof(*status));
		status->st_mode = S_IFREG | 0444;
		status->st_nlink = 1;
		status->st_dev = (uint32_t)wasm_bpf_host_number(WASM_BPF_HOST_PID_NAMESPACE_DEVICE);
		status->st_ino = (uint32_t)wasm_bpf_host_number(WASM_BPF_HOST_PID_NAMESPACE_INODE);
		return 0;
	}
	result = libc_stat(path, status);
	if (result < 0)
		explain_missing(path);
	return result;
}
