/* <errno.h> with Linux' numbers, which are the host's and what native tools print, return and exit with. wasi-libc counts
 * differently: sdk/c/src/errno.c translates what its functions set. */
#ifndef _ERRNO_H
#define _ERRNO_H 1

#ifdef __cplusplus
#define _LIBCPP_ERRNO_H /* <cerrno> insists on the one of libc++, which has nothing that is not here */
#endif

#include <asm/errno.h>

#define ENOTSUP EOPNOTSUPP

#ifdef __cplusplus
extern "C" {
#endif

int *__errno_location(void);
#define errno (*__errno_location())

#ifdef __cplusplus
}
#endif

#endif
