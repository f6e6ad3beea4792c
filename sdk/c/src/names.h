/* libbpf's names belong to the object; the host gives copies. */
#ifndef NAMES_H
#define NAMES_H

#include <wasm_bpf/abi_types.h>

/* The text, kept once for each handle and kind to the guest's end; null where there is no memory. */
const char *wasm_bpf__keep_name(wasm_bpf_handle handle, char kind, const char *text);

#endif
