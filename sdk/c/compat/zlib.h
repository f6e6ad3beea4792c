/* The part of zlib by which tools unpack what they carry (a BTF, say): inflate(), of data that lies in memory in one piece. */
#ifndef WASM_BPF_COMPAT_ZLIB_H
#define WASM_BPF_COMPAT_ZLIB_H

/* As zlib.h does: sources come to rely on it. */
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/types.h>
#include <unistd.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned char Byte;
typedef Byte Bytef;
typedef unsigned uInt;
typedef unsigned long uLong;
typedef void *voidpf;

#define Z_NULL 0
#define MAX_WBITS 15

#define Z_NO_FLUSH 0
#define Z_SYNC_FLUSH 2
#define Z_FINISH 4

#define Z_OK 0
#define Z_STREAM_END 1
#define Z_STREAM_ERROR (-2)
#define Z_DATA_ERROR (-3)
#define Z_MEM_ERROR (-4)
#define Z_BUF_ERROR (-5)

typedef struct z_stream_s {
	const Bytef *next_in;
	uInt avail_in;
	uLong total_in;
	Bytef *next_out;
	uInt avail_out;
	uLong total_out;
	const char *msg;
	struct wasm_bpf__inflated *state;
	voidpf (*zalloc)(voidpf opaque, uInt items, uInt size); /* not called */
	void (*zfree)(voidpf opaque, voidpf address);
	voidpf opaque;
} z_stream;
typedef z_stream *z_streamp;

/* What comes before the data: by zlib's rule of `window_bits`, a zlib header (8 to 15), none (-8 to -15), a gzip header (24 to
 * 31), or either of both (40 to 47). */
int inflateInit2(z_streamp stream, int window_bits);
int inflateInit(z_streamp stream);
/* The first call takes all the input, and fails where its end is missing (Z_BUF_ERROR); each gives as much of the output as
 * there is room for. */
int inflate(z_streamp stream, int flush);
int inflateEnd(z_streamp stream);

#ifdef __cplusplus
}
#endif

#endif
