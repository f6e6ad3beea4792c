/* For the inline functions of libbpf_internal.h, which nothing here calls. */
#ifndef F_DUPFD_CLOEXEC
#define F_DUPFD_CLOEXEC 1030
#endif
#define __NR_dup3 292
#define __NR_memfd_create 319

long syscall(long number, ...);
