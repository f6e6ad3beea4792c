/* For close(). */
#ifndef PROG_LOAD_H
#define PROG_LOAD_H

/* 0 where bpf_prog_load() gave the program, which is unloaded then; -1 where it did not. Null as long as there are none,
 * so that guests link it only with them. */
extern int (*wasm_bpf__close_loaded)(int program);

#endif
