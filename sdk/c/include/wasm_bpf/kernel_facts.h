/* What the running kernel is and has: its types and functions (BTF), symbols, version. Not in libbpf: the
 * host looks it up: a guest needs no /sys, /proc or vmlinux for it.
 *
 * Questions have bpf_core_*'s meaning (bpf_core_read.h), asked by the guest and about the running kernel. A field may
 * be a path ("a.b"); anonymous members are left out, as in C. `module` is a kernel module's name, or null. */
#ifndef WASM_BPF_KERNEL_FACTS_H
#define WASM_BPF_KERNEL_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wasm_bpf/abi_types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Kinds of BTF types, as in <linux/btf.h>, for wasm_bpf_kernel_btf_id() and what it finds. */
#define WASM_BPF_BTF_KIND_TYPEDEF 8
#define WASM_BPF_BTF_KIND_FUNC 12

/* KERNEL_VERSION(6, 1, 0) is 0x60100. */
int wasm_bpf_kernel_version_code(void);

/* 0 and the answer in `query`; -ENOENT where the kernel does not have it, -ENOTSUP where it has no BTF. Says nothing. */
int wasm_bpf__btf_query(struct wasm_bpf_btf_query *query, enum wasm_bpf_btf_query_kind kind,
				      const char *name, const char *member, const char *module);

/* bpf_core_type_exists(): a struct, union, enum, typedef, integer or float of that name, as "task_struct". */
bool wasm_bpf_kernel_has_type(const char *type, const char *module);

/* bpf_core_type_size(): in bytes; a negative errno value. */
int wasm_bpf_kernel_type_size(const char *type, const char *module);

/* bpf_core_field_exists(): of a struct or union, or a typedef of one. */
bool wasm_bpf_kernel_has_field(const char *type, const char *field, const char *module);

/* bpf_core_field_offset(): in bytes, of a bit field the one that its first bit is in; a negative errno value. */
int wasm_bpf_kernel_field_offset(const char *type, const char *field, const char *module);

/* bpf_core_field_size(): of the field's type, in bytes; a negative errno value. */
int wasm_bpf_kernel_field_size(const char *type, const char *field, const char *module);

/* Whether there is a function that fentry and fexit know. */
bool wasm_bpf_kernel_has_function(const char *function, const char *module);

/* bpf_core_enum_value(): 0 and the value; -ENOENT. A null `type`: in any enum. */
int wasm_bpf_kernel_enum_value(const char *type, const char *enumerator, int64_t *value);

/* bpf_core_enum_value_exists(). A null `type`: in any enum. */
bool wasm_bpf_kernel_has_enum_value(const char *type, const char *enumerator);

/* The id of a type of that name and kind (BTF_KIND_*; 0: any kind of type); a negative errno value. */
int wasm_bpf_kernel_btf_id(const char *name, uint32_t kind, const char *module);


/* The address of a symbol of /proc/kallsyms; 0 with errno and the reason printed: ENOENT, EPERM where the kernel hides
 * addresses. */
uint64_t wasm_bpf_kernel_symbol_address(const char *name);

/* The symbol that an address lies in, as one of a stack trace: its name and, where not null, how far behind its begin.
 * 0; a negative errno value. */
int wasm_bpf_kernel_symbol_name(uint64_t address, char *name, size_t size, uint64_t *offset);

#ifdef __cplusplus
}
#endif

#endif
