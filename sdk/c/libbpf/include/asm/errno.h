/* libbpf's <linux/err.h> asks for the kernel's numbers; here are the guest's own, with those that its C library has no
 * name for: the kernel's and 1000. */
#include <errno.h>

#ifndef ENOTBLK
#define ENOTBLK 1015
#endif
#ifndef ENODATA
#define ENODATA 1061
#endif
#ifndef EBADFD
#define EBADFD 1077
#endif
#ifndef EUCLEAN
#define EUCLEAN 1117
#endif
