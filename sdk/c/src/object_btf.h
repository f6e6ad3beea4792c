/* What bpf_object__btf() keeps for an object. */
#ifndef OBJECT_BTF_H
#define OBJECT_BTF_H

struct bpf_object;

/* For bpf_object__close(); null as long as there is none, so that guests link it only with them. */
extern void (*wasm_bpf__forget_object_btf)(const struct bpf_object *object);

#endif
