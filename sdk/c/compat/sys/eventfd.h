/* Guests start no programs that an eventfd could wake: it fails with ENOSYS and a message. */
#ifndef WASM_BPF_COMPAT_SYS_EVENTFD_H
#define WASM_BPF_COMPAT_SYS_EVENTFD_H

#include <fcntl.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EFD_SEMAPHORE 1
#define EFD_CLOEXEC O_CLOEXEC
#define EFD_NONBLOCK O_NONBLOCK

typedef uint64_t eventfd_t;

int eventfd(unsigned initial, int flags);

#ifdef __cplusplus
}
#endif

#endif
