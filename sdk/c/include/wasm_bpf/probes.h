/* Not in libbpf: a multi kprobe by addresses. The `addrs` of struct bpf_kprobe_multi_opts are `unsigned long`, which has
 * 4 bytes in a guest; the kernel's addresses have 8. */
#ifndef WASM_BPF_PROBES_H
#define WASM_BPF_PROBES_H

#include <bpf/libbpf.h>

#ifdef __cplusplus
extern "C" {
#endif

/* As bpf_program__attach_kprobe_multi_opts() with `addresses` in the place of opts->addrs, opts->cnt of them. */
struct bpf_link *wasm_bpf_program_attach_kprobe_multi(const struct bpf_program *program, const uint64_t *addresses,
						      const struct bpf_kprobe_multi_opts *opts);

#ifdef __cplusplus
}
#endif

#endif
