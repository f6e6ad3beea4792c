/* The options that an object is opened with. Argument: a folder to write to. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "check.h"
#include "object_options.skel.h"

static unsigned int run_setting(struct object_options_bpf *object)
{
	LIBBPF_OPTS(bpf_test_run_opts, run);

	CHECK(!bpf_prog_test_run_opts(bpf_program__fd(object->progs.setting), &run));
	return run.retval;
}

static void check_names(void)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "chosen");
	struct object_options_bpf *object = object_options_bpf__open_opts(&options);

	CHECK(object);
	CHECK(!strcmp(bpf_object__name(object->obj), "chosen"));
	object_options_bpf__destroy(object);
	object = object_options_bpf__open();
	CHECK(object);
	CHECK(!strncmp(bpf_object__name(object->obj), "object_options_", 15)); /* libbpf keeps 15 bytes */
	object_options_bpf__destroy(object);
}

static void check_kconfig(void)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .kconfig = "CONFIG_WASM_BPF_TEST=42\n");
	struct object_options_bpf *object = object_options_bpf__open_opts(&options);

	CHECK(object && !object_options_bpf__load(object));
	CHECK(run_setting(object) == 42);
	object_options_bpf__destroy(object);
	object = object_options_bpf__open_and_load();
	CHECK(object && run_setting(object) == 0);
	object_options_bpf__destroy(object);
}

static void check_btf_path(void)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .btf_custom_path = "/sys/kernel/btf/vmlinux");
	struct object_options_bpf *object = object_options_bpf__open_opts(&options);

	CHECK(object && !object_options_bpf__load(object));
	object_options_bpf__destroy(object);
	options.btf_custom_path = "/nonexistent.btf";
	libbpf_set_print(NULL);
	CHECK(!object_options_bpf__open_opts(&options) && errno == ENOENT);
}

static void check_logs(void)
{
	static char log[1 << 16], own[1 << 16];
	LIBBPF_OPTS(bpf_object_open_opts, options, .kernel_log_buf = log, .kernel_log_size = sizeof(log),
		    .kernel_log_level = 2);
	struct object_options_bpf *object = object_options_bpf__open_opts(&options);
	size_t size;

	CHECK(object && bpf_program__log_level(object->progs.setting) == 2);
	CHECK(!bpf_program__set_log_buf(object->progs.setting, own, 40));
	CHECK(bpf_program__log_buf(object->progs.setting, &size) == own && size == 40);
	CHECK(!object_options_bpf__load(object));
	CHECK(strstr(log, "processed "));
	CHECK(strlen(own) == 39); /* cut, and terminated */
	object_options_bpf__destroy(object);

	options.kernel_log_level = 0;
	log[0] = '\0';
	object = object_options_bpf__open_opts(&options);
	CHECK(object && !object_options_bpf__load(object));
	CHECK(!log[0]);
	object_options_bpf__destroy(object);
}

static void check_files(const char *folder)
{
	char path[256];
	size_t size;
	const void *elf = object_options_bpf__elf_bytes(&size);
	snprintf(path, sizeof(path), "%s/from_file.bpf.o", folder);
	FILE *file = fopen(path, "w");

	CHECK(file && fwrite(elf, 1, size, file) == size && !fclose(file));
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	CHECK(object && !strcmp(bpf_object__name(object), "from_file"));
	CHECK(bpf_object__find_program_by_name(object, "setting"));
	CHECK(!bpf_object__load(object));
	bpf_object__close(object);
	object = bpf_object__open(path);
	CHECK(object);
	bpf_object__close(object);
	remove(path);
	CHECK(!bpf_object__open(path) && errno == ENOENT);
}

int main(int argc, char **argv)
{
	CHECK(argc == 2);
	check_names();
	check_kconfig();
	check_logs();
	check_files(argv[1]);
	check_btf_path();
	return 0;
}
