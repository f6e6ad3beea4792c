/* ELF's structs and numbers: the kernel's header. */
#ifndef WASM_BPF_COMPAT_ELF_H
#define WASM_BPF_COMPAT_ELF_H

#include <linux/elf.h>

#endif
