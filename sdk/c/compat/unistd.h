/* <unistd.h> with what a guest learns of its host: the process and user that it runs as. Guests cannot start programs: fork()
 * and its kin fail with ENOSYS and a message. */
#ifndef _WASI_EMULATED_GETPID
#define _WASI_EMULATED_GETPID /* declares getpid() */
#endif
#include_next <unistd.h>

#ifndef WASM_BPF_COMPAT_UNISTD_H
#define WASM_BPF_COMPAT_UNISTD_H

#ifdef __cplusplus
extern "C" {
#endif

pid_t gettid(void);
pid_t getppid(void);
uid_t getuid(void);
uid_t geteuid(void);
gid_t getgid(void);
gid_t getegid(void);

int getpagesize(void);
int gethostname(char *name, size_t size);

long syscall(long number, ...);

pid_t fork(void);
pid_t vfork(void);
int execve(const char *path, char *const arguments[], char *const environment[]);
int execv(const char *path, char *const arguments[]);
int execvp(const char *file, char *const arguments[]);
int execl(const char *path, const char *argument, ...);
int execlp(const char *file, const char *argument, ...);
int pipe(int ends[2]);
int dup(int fd);
int dup2(int fd, int other);

/* compat/src/signal.c */
unsigned alarm(unsigned);
unsigned ualarm(unsigned, unsigned);
int pause(void);

#ifdef __cplusplus
}
#endif

#endif
