/* libbpf's BTF functions: of the kernel, of a module, of an object, of a file, and made by the guest. Arguments: a module
 * of the kernel that has BTF, or "-"; the object's file, or "-"; a folder to write to. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <bpf/libbpf_legacy.h>
#include <stdarg.h>
#include <unistd.h>

#include "btf_api.skel.h"
#include "check.h"

static char printed[4096];

static void print_to_text(void *context, const char *format, va_list args)
{
	size_t used = strlen(printed);

	CHECK(context == printed);
	vsnprintf(printed + used, sizeof(printed) - used, format, args);
}

static const struct btf_member *find_member(const struct btf *btf, const struct btf_type *type, const char *name)
{
	const struct btf_member *member = btf_members(type);

	for (int i = 0; i < btf_vlen(type); i++, member++)
		if (!strcmp(btf__name_by_offset(btf, member->name_off), name))
			return member;
	return NULL;
}

static void check_kernel(const struct btf_api_bpf *asked, const struct btf *kernel)
{
	__s32 id = btf__find_by_name_kind(kernel, "task_struct", BTF_KIND_STRUCT);
	const struct btf_type *task = btf__type_by_id(kernel, id);

	CHECK(id > 0 && (__u32)id == asked->bss->task_id && btf_is_struct(task));
	CHECK(btf__type_cnt(kernel) > 10000);
	CHECK(!strcmp(btf__str_by_offset(kernel, task->name_off), "task_struct"));
	CHECK(btf__resolve_size(kernel, id) == asked->bss->task_size);
	CHECK(btf__pointer_size(kernel) == 8);
	CHECK(find_member(kernel, task, "tgid"));
	CHECK(!find_member(kernel, task, "no_such_member"));
	CHECK(btf__find_by_name_kind(kernel, "no_such_type", BTF_KIND_STRUCT) == -ENOENT && errno == ENOENT);
	CHECK(btf__find_by_name_kind(kernel, "schedule", BTF_KIND_FUNC) ==
	      libbpf_find_vmlinux_btf_id("schedule", BPF_TRACE_FENTRY));
	CHECK(!btf__type_by_id(kernel, btf__type_cnt(kernel)) && errno == EINVAL);
}

static void check_module(const char *name, struct btf *kernel)
{
	CHECK(!btf__load_module_btf("no_such_module", kernel) && errno == ENOENT);
	CHECK(!btf__load_module_btf("../vmlinux", kernel) && errno == EINVAL);
	if (!strcmp(name, "-"))
		return;
	struct btf *module = btf__load_module_btf(name, kernel);
	CHECK(module && btf__base_btf(module) == kernel);
	CHECK(btf__type_cnt(module) > btf__type_cnt(kernel));
	CHECK(btf__find_by_name_kind(module, "task_struct", BTF_KIND_STRUCT) > 0);
	btf__free(module);
}

static void check_dump(const struct btf *btf, const void *data)
{
	__s32 id = btf__find_by_name_kind(btf, "shown", BTF_KIND_STRUCT);
	struct btf_dump *dump = btf_dump__new(btf, print_to_text, printed, NULL);
	LIBBPF_OPTS(btf_dump_type_data_opts, compact, .compact = true);

	CHECK(id > 0 && dump);
	CHECK(!btf_dump__dump_type(dump, id));
	CHECK(strstr(printed, "struct shown {\n\t__u32 number;\n\tenum color color;\n\tchar text[8];\n\tlong machine_word;\n};"));
	printed[0] = '\0';
	CHECK(btf_dump__dump_type_data(dump, id, data, btf__resolve_size(btf, id), &compact) > 0);
	CHECK(strstr(printed, ".number = (__u32)5") && strstr(printed, "(enum color)GREEN"));
	CHECK(strstr(printed, "'s','e','v','e','n'") && strstr(printed, ".machine_word = (long)9"));
	btf_dump__free(dump);
}

static void check_object(const struct btf_api_bpf *asked)
{
	struct btf *btf = bpf_object__btf(asked->obj);

	CHECK(btf && btf == bpf_object__btf(asked->obj));
	CHECK(btf__resolve_size(btf, btf__find_by_name_kind(btf, "shown", BTF_KIND_STRUCT)) == sizeof(asked->data->shown));
	check_dump(btf, &asked->data->shown);
}

static void check_files(const char *object, const char *folder)
{
	struct btf_ext *ext = NULL;
	struct btf *elf = btf__parse(object, &ext), *raw;
	char path[256];
	__u32 size, raw_size;
	const void *data = btf__raw_data(elf, &size);

	CHECK(elf && ext && btf__find_by_name_kind(elf, "shown", BTF_KIND_STRUCT) > 0);
	snprintf(path, sizeof(path), "%s/raw", folder);
	FILE *file = fopen(path, "w");
	CHECK(file && fwrite(data, 1, size, file) == size && !fclose(file));
	raw = btf__parse_raw(path);
	CHECK(raw && btf__type_cnt(raw) == btf__type_cnt(elf));
	CHECK(!memcmp(btf__raw_data(raw, &raw_size), data, size) && raw_size == size);
	CHECK(!btf__parse("/made/nothing", NULL) && errno == ENOENT);
	CHECK(!btf__parse_elf(path, NULL)); /* no ELF file */
	btf__free(raw);
	btf__free(elf);
	btf_ext__free(ext);
	unlink(path);
}

static void check_made(void)
{
	struct btf *btf = btf__new_empty(), *copy;
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int pair = btf__add_struct(btf, "pair", 8);
	__u32 size;

	CHECK(number == 1 && pair == 2);
	CHECK(!btf__add_field(btf, "first", number, 0, 0) && !btf__add_field(btf, "second", number, 32, 0));
	CHECK(btf__add_int(btf, "int", 4, BTF_INT_SIGNED) == 3);
	CHECK(!btf__dedup(btf, NULL) && btf__type_cnt(btf) == 3);
	copy = btf__new(btf__raw_data(btf, &size), size);
	CHECK(copy && btf__resolve_size(copy, pair) == 8 && btf__align_of(copy, pair) == 4);
	CHECK(!btf__new("no BTF", 6) && errno == EINVAL);
	btf__free(copy);
	btf__free(btf);
}

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

int main(int argc, char **argv)
{
	struct btf_api_bpf *asked = btf_api_bpf__open_and_load();
	struct btf *kernel = btf__load_vmlinux_btf();
	LIBBPF_OPTS(bpf_test_run_opts, run);

	CHECK(argc == 4 && asked && kernel && !libbpf_get_error(kernel));
	CHECK(!bpf_prog_test_run_opts(bpf_program__fd(asked->progs.ask), &run));
	libbpf_set_print(quiet);
	check_kernel(asked, kernel);
	check_module(argv[1], kernel);
	check_object(asked);
	if (strcmp(argv[2], "-"))
		check_files(argv[2], argv[3]);
	check_made();
	btf__free(kernel);
	btf_api_bpf__destroy(asked);
	return 0;
}
