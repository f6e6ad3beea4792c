/* The part of <net/if.h> that tools use; wasi-libc has none. Names are looked up by the host. */
#ifndef WASM_BPF_COMPAT_NET_IF_H
#define WASM_BPF_COMPAT_NET_IF_H

#include <string.h>

#include <wasm_bpf/error.h>

#define IF_NAMESIZE 16
#define IFNAMSIZ IF_NAMESIZE

/* 0 and errno where there is no such interface. */
static inline unsigned int if_nametoindex(const char *name)
{
	int index = wasm_bpf__result(wasm_bpf_interface_index(name, strlen(name)));

	return index > 0 ? (unsigned int)index : 0;
}

/* `name` has room for IF_NAMESIZE bytes. Null and errno (ENXIO) where there is no such interface. */
static inline char *if_indextoname(unsigned int index, char *name)
{
	if (wasm_bpf__result(wasm_bpf_interface_name((int32_t)index, name, IF_NAMESIZE)) >= 0)
		return name;
	if (errno == ENODEV)
		errno = ENXIO;
	return NULL;
}

#endif
