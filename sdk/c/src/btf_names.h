/* The names behind the kernel's BTF ids. */
#ifndef BTF_NAMES_H
#define BTF_NAMES_H

/* Of one of the last few that libbpf_find_vmlinux_btf_id() gave, or of a function that the guest found itself; null. */
const char *wasm_bpf__btf_name(unsigned int id);

/* Set by who links the code that reads BTF: of a function of the kernel's, to the next call; null. */
extern const char *(*wasm_bpf__kernel_function_name)(unsigned int id);

#endif
