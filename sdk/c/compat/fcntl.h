/* <fcntl.h> with Linux' numbers for open(), which are also what BPF programs see; and an open() that says which --dir a file
 * needs, and opens cgroups and network namespaces of the host as handles, to attach to. */
#include_next <fcntl.h>

#ifndef WASM_BPF_COMPAT_FCNTL_H
#define WASM_BPF_COMPAT_FCNTL_H

enum {
	WASI_O_RDONLY = O_RDONLY,
	WASI_O_WRONLY = O_WRONLY,
	WASI_O_CREAT = O_CREAT,
	WASI_O_EXCL = O_EXCL,
	WASI_O_TRUNC = O_TRUNC,
	WASI_O_APPEND = O_APPEND,
	WASI_O_NONBLOCK = O_NONBLOCK,
	WASI_O_DIRECTORY = O_DIRECTORY,
	WASI_O_NOFOLLOW = O_NOFOLLOW,
};

#undef O_RDONLY
#undef O_WRONLY
#undef O_RDWR
#undef O_ACCMODE
#undef O_CREAT
#undef O_EXCL
#undef O_NOCTTY
#undef O_TRUNC
#undef O_APPEND
#undef O_NONBLOCK
#undef O_NDELAY
#undef O_DSYNC
#undef O_SYNC
#undef O_RSYNC
#undef O_DIRECTORY
#undef O_NOFOLLOW
#undef O_CLOEXEC
#undef O_PATH
#define O_RDONLY 0
#define O_WRONLY 01
#define O_RDWR 02
#define O_ACCMODE 03
#define O_CREAT 0100
#define O_EXCL 0200
#define O_NOCTTY 0400
#define O_TRUNC 01000
#define O_APPEND 02000
#define O_NONBLOCK 04000
#define O_NDELAY O_NONBLOCK
#define O_DSYNC 010000
#define O_ASYNC 020000
#define O_DIRECT 040000
#define O_LARGEFILE 0100000
#define O_DIRECTORY 0200000
#define O_NOFOLLOW 0400000
#define O_NOATIME 01000000
#define O_CLOEXEC 02000000
#define O_SYNC 04010000
#define O_RSYNC O_SYNC
#define O_PATH 010000000
#define O_TMPFILE (020000000 | O_DIRECTORY)

#ifdef __cplusplus
extern "C" {
#endif
int open(const char *path, int flags, ...) __asm__("wasm_bpf__open");
int openat(int folder, const char *path, int flags, ...) __asm__("wasm_bpf__openat");
#ifdef __cplusplus
}
#endif

#endif
