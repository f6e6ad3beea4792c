/* <stdlib.h> with temporary files, which guests have none of: ENOSYS. */
#include_next <stdlib.h>

#ifndef WASM_BPF_COMPAT_STDLIB_H
#define WASM_BPF_COMPAT_STDLIB_H

#include <wait_status.h>

#ifdef __cplusplus
extern "C" {
#endif
int system(const char *command);
int mkstemp(char *path);
int mkostemp(char *path, int flags);
#ifdef __cplusplus
}
#endif

#endif
