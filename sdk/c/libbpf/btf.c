/* libbpf's own btf.c, but for what reads the kernel's BTF: the host gives that. */
#define btf__load_vmlinux_btf wasm_bpf__unused_load_vmlinux_btf
#define btf__load_module_btf wasm_bpf__unused_load_module_btf
#define btf__load_from_kernel_by_id wasm_bpf__unused_load_from_kernel_by_id
#define btf__load_from_kernel_by_id_split wasm_bpf__unused_load_from_kernel_by_id_split
#define btf__load_into_kernel wasm_bpf__unused_load_into_kernel
#define alias(name) unused
#include <btf.c>
#undef alias
#undef btf__load_vmlinux_btf
#undef btf__load_module_btf

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>

#include "../src/btf_names.h"
#include "../src/object_btf.h"

/* An object's BTF, or with object 0 the kernel's or its module's. Null and errno. */
static struct btf *read_btf(wasm_bpf_handle object, const char *module, struct btf *base)
{
	const uint32_t name_size = module ? strlen(module) : 0;
	const int32_t size = wasm_bpf_btf_read(object, module, name_size, NULL, 0);
	void *data = size > 0 ? malloc(size) : NULL;
	struct btf *btf;

	if (size < 0)
		return wasm_bpf__explained_pointer(size);
	if (!data)
		return libbpf_ptr(ERR_PTR(-ENOMEM));
	btf = wasm_bpf_btf_read(object, module, name_size, data, size) == size ? btf_new(data, size, base, true) :
										  ERR_PTR(-EIO);
	if (IS_ERR(btf))
		free(data);
	return libbpf_ptr(btf);
}

static const char *kernel_function_name(unsigned int id)
{
	static char name[128];
	struct btf *btf = read_btf(0, NULL, NULL);
	const struct btf_type *type = btf ? btf__type_by_id(btf, id) : NULL;
	const char *text = type && btf_is_func(type) ? btf__name_by_offset(btf, type->name_off) : NULL;

	if (text)
		snprintf(name, sizeof(name), "%s", text);
	btf__free(btf);
	return text ? name : NULL;
}

struct btf *btf__load_vmlinux_btf(void)
{
	wasm_bpf__kernel_function_name = kernel_function_name;
	return read_btf(0, NULL, NULL);
}

struct btf *libbpf_find_kernel_btf(void)
{
	return btf__load_vmlinux_btf();
}

struct btf *btf__load_module_btf(const char *module_name, struct btf *vmlinux_btf)
{
	return read_btf(0, module_name, vmlinux_btf);
}

/* libbpf's belongs to the object; so does this copy. */
struct object_btf {
	struct object_btf *next;
	const struct bpf_object *object;
	struct btf *btf;
};
static struct object_btf *object_btfs;

static void forget_object_btf(const struct bpf_object *object)
{
	struct object_btf **place = &object_btfs, *found;

	while ((found = *place) && found->object != object)
		place = &found->next;
	if (!found)
		return;
	*place = found->next;
	btf__free(found->btf);
	free(found);
}

struct btf *bpf_object__btf(const struct bpf_object *object)
{
	struct object_btf *known = object_btfs;

	while (known && known->object != object)
		known = known->next;
	if (known)
		return known->btf;
	known = calloc(1, sizeof(*known));
	if (known)
		known->btf = read_btf(wasm_bpf__object_handle(object), NULL, NULL);
	if (!known || !known->btf) {
		free(known);
		return NULL;
	}
	known->object = object;
	known->next = object_btfs;
	object_btfs = known;
	wasm_bpf__forget_object_btf = forget_object_btf;
	return known->btf;
}

/* libbpf.c's, which btf_dump.c uses, too. */
const struct btf_type *skip_mods_and_typedefs(const struct btf *btf, __u32 id, __u32 *found_id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);

	for (; btf_is_mod(type) || btf_is_typedef(type); type = btf__type_by_id(btf, id))
		id = type->type;
	if (found_id)
		*found_id = id;
	return type;
}

/* Older names. */
const void *btf__get_raw_data(const struct btf *btf, __u32 *size)
{
	return btf__raw_data(btf, size);
}

const void *btf_ext__get_raw_data(const struct btf_ext *btf_ext, __u32 *size)
{
	return btf_ext__raw_data(btf_ext, size);
}
