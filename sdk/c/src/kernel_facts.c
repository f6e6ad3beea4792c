/* What the running kernel is and has. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/kernel_facts.h>

#include "btf_names.h"

int wasm_bpf_kernel_version_code(void)
{
	return wasm_bpf__result(wasm_bpf_kernel_version());
}

int wasm_bpf__btf_query(struct wasm_bpf_btf_query *query, enum wasm_bpf_btf_query_kind kind,
				      const char *name, const char *member, const char *module)
{
	query->size = sizeof(*query);
	query->kind = kind;
	query->name = (uintptr_t)name;
	query->name_size = name ? strlen(name) : 0;
	query->member = (uintptr_t)member;
	query->member_size = member ? strlen(member) : 0;
	query->module = (uintptr_t)module;
	query->module_size = module ? strlen(module) : 0;
	return wasm_bpf__result(wasm_bpf_btf_query(query));
}

bool wasm_bpf_kernel_has_type(const char *type, const char *module)
{
	struct wasm_bpf_btf_query query = { 0 };

	return !wasm_bpf__btf_query(&query, WASM_BPF_BTF_TYPE, type, NULL, module);
}

int wasm_bpf_kernel_type_size(const char *type, const char *module)
{
	struct wasm_bpf_btf_query query = { 0 };
	int error = wasm_bpf__btf_query(&query, WASM_BPF_BTF_TYPE, type, NULL, module);

	return error ? error : (int)query.byte_size;
}

bool wasm_bpf_kernel_has_field(const char *type, const char *field, const char *module)
{
	struct wasm_bpf_btf_query query = { 0 };

	return !wasm_bpf__btf_query(&query, WASM_BPF_BTF_FIELD, type, field, module);
}

int wasm_bpf_kernel_field_offset(const char *type, const char *field, const char *module)
{
	struct wasm_bpf_btf_query query = { 0 };
	int error = wasm_bpf__btf_query(&query, WASM_BPF_BTF_FIELD, type, field, module);

	return error ? error : (int)(query.bit_offset / 8);
}

int wasm_bpf_kernel_field_size(const char *type, const char *field, const char *module)
{
	struct wasm_bpf_btf_query query = { 0 };
	int error = wasm_bpf__btf_query(&query, WASM_BPF_BTF_FIELD, type, field, module);

	return error ? error : (int)query.byte_size;
}

bool wasm_bpf_kernel_has_function(const char *function, const char *module)
{
	struct wasm_bpf_btf_query query = { 0 };

	return !wasm_bpf__btf_query(&query, WASM_BPF_BTF_FUNCTION, function, NULL, module);
}

int wasm_bpf_kernel_enum_value(const char *type, const char *enumerator, int64_t *value)
{
	struct wasm_bpf_btf_query query = { 0 };
	int error = wasm_bpf__btf_query(&query, WASM_BPF_BTF_ENUM_VALUE, type, enumerator, NULL);

	if (!error)
		*value = query.value;
	return error;
}

bool wasm_bpf_kernel_has_enum_value(const char *type, const char *enumerator)
{
	int64_t value;

	return !wasm_bpf_kernel_enum_value(type, enumerator, &value);
}

int wasm_bpf_kernel_btf_id(const char *name, uint32_t kind, const char *module)
{
	struct wasm_bpf_btf_query query = { .type_kind = kind };
	enum wasm_bpf_btf_query_kind question =
		kind == WASM_BPF_BTF_KIND_FUNC ? WASM_BPF_BTF_FUNCTION : WASM_BPF_BTF_TYPE;
	int error = wasm_bpf__btf_query(&query, question, name, NULL, module);

	return error ? error : (int)query.type_id;
}

static struct {
	int id;
	char name[96];
} found[4];
static unsigned int found_next;

static int remember(int id, const char *name)
{
	if (id > 0 && strlen(name) < sizeof(found->name)) {
		found[found_next % 4].id = id;
		strcpy(found[found_next++ % 4].name, name);
	}
	return id;
}

const char *(*wasm_bpf__kernel_function_name)(unsigned int id);

const char *wasm_bpf__btf_name(unsigned int id)
{
	for (int i = 0; i < 4; i++)
		if (found[i].id && (unsigned int)found[i].id == id)
			return found[i].name;
	return wasm_bpf__kernel_function_name ? wasm_bpf__kernel_function_name(id) : NULL;
}

/* The id of what a program of that attach type attaches to by that name; a negative errno value. */
int libbpf_find_vmlinux_btf_id(const char *name, enum bpf_attach_type attach_type)
{
	const char *prefix = attach_type == BPF_TRACE_RAW_TP ? "btf_trace_" :
			     attach_type == BPF_LSM_MAC || attach_type == BPF_LSM_CGROUP ? "bpf_lsm_" :
			     attach_type == BPF_TRACE_ITER ? "bpf_iter_" : "";
	char full[128];
	size_t prefix_size = strlen(prefix), name_size = strlen(name);

	if (prefix_size + name_size >= sizeof(full)) {
		errno = ENAMETOOLONG;
		return -errno;
	}
	memcpy(full, prefix, prefix_size);
	memcpy(full + prefix_size, name, name_size + 1);
	return remember(wasm_bpf_kernel_btf_id(
		full, attach_type == BPF_TRACE_RAW_TP ? WASM_BPF_BTF_KIND_TYPEDEF : WASM_BPF_BTF_KIND_FUNC, NULL), name);
}

uint64_t wasm_bpf_kernel_symbol_address(const char *name)
{
	uint64_t address = 0;
	int error = wasm_bpf_kernel_symbol(name, strlen(name), &address);

	return wasm_bpf__explain(error) ? 0 : address;
}

int wasm_bpf_kernel_symbol_name(uint64_t address, char *name, size_t size, uint64_t *offset)
{
	struct wasm_bpf_kernel_symbol symbol;
	int error = wasm_bpf__result(wasm_bpf_kernel_symbol_at(address, &symbol, sizeof(symbol)));

	if (error || !size)
		return error;
	strncpy(name, symbol.name, size - 1);
	name[size - 1] = '\0';
	if (offset)
		*offset = address - symbol.address;
	return 0;
}
