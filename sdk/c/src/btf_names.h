/* The names behind the ids that libbpf_find_vmlinux_btf_id() gave. */
#ifndef BTF_NAMES_H
#define BTF_NAMES_H

/* Of one of the last few; null. */
const char *wasm_bpf__btf_name(unsigned int id);

#endif
