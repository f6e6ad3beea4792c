/* <stdio.h> with an fopen() that says which --dir a file needs. Guests cannot start programs: popen() fails with ENOSYS and
 * a message. */
#include_next <stdio.h>

#ifndef WASM_BPF_COMPAT_STDIO_H
#define WASM_BPF_COMPAT_STDIO_H

#ifdef __cplusplus
extern "C" {
#endif
FILE *fopen(const char *__restrict path, const char *__restrict mode) __asm__("wasm_bpf__fopen");
FILE *popen(const char *command, const char *mode);
int pclose(FILE *stream);
#ifdef __cplusplus
}
#endif

#endif
