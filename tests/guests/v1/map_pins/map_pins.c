/* map_pins FOLDER make|find|other: what one guest pins in the folder of a BPF file system, the next one finds. */
#include <bpf/libbpf.h>
#include <linux/types.h>
#include <unistd.h>

#include "check.h"
#include "map_pins.skel.h"

static char paths[8][512];

static const char *path(int number, const char *folder, const char *name)
{
	snprintf(paths[number], sizeof(paths[number]), "%s/%s", folder, name);
	return paths[number];
}

static struct map_pins_bpf *load(const char *folder)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .pin_root_path = folder);
	struct map_pins_bpf *tool = map_pins_bpf__open_opts(&options);

	CHECK(tool);
	CHECK(!strcmp(bpf_map__pin_path(tool->maps.by_name), path(0, folder, "by_name")));
	CHECK(map_pins_bpf__load(tool) == 0);
	CHECK(bpf_map__is_pinned(tool->maps.by_name));
	CHECK(!bpf_map__is_pinned(tool->maps.table) && !bpf_map__pin_path(tool->maps.table));
	return tool;
}

static void make(const char *folder)
{
	struct map_pins_bpf *tool = load(folder);
	const char *deep = path(1, folder, "a/b/table"), *again = path(2, folder, "again");
	__u32 key = 1;
	__u64 value = 11;

	CHECK(bpf_map_update_elem(bpf_map__fd(tool->maps.by_name), &key, &value, BPF_ANY) == 0);
	value = 22;
	CHECK(bpf_map_update_elem(bpf_map__fd(tool->maps.table), &key, &value, BPF_ANY) == 0);
	CHECK(bpf_map__pin(tool->maps.table, deep) == 0);
	CHECK(bpf_map__is_pinned(tool->maps.table) && !strcmp(bpf_map__pin_path(tool->maps.table), deep));
	CHECK(bpf_map__pin(tool->maps.table, again) == -EINVAL);
	CHECK(bpf_obj_pin(bpf_map__fd(tool->maps.table), deep) == -EEXIST);
	CHECK(bpf_obj_pin(bpf_map__fd(tool->maps.table), again) == 0);
	CHECK(bpf_obj_pin(bpf_program__fd(tool->progs.nothing), path(3, folder, "program")) == 0);
	/* names that a BPF file system does not take, and ways around */
	CHECK(bpf_obj_pin(bpf_map__fd(tool->maps.table), path(4, folder, "a.b")) == -EINVAL);
	CHECK(bpf_obj_pin(bpf_map__fd(tool->maps.table), path(4, folder, "a/../c")) == -EINVAL);
	CHECK(bpf_obj_pin(bpf_map__fd(tool->maps.table), path(4, folder, "./c")) == -EINVAL);
	CHECK(bpf_obj_pin(bpf_map__fd(tool->maps.table), path(4, folder, "/c")) == -EINVAL);
	CHECK(bpf_obj_pin(bpf_map__fd(tool->maps.table), "relative") == -EINVAL);
	CHECK(bpf_obj_pin(bpf_map__fd(tool->maps.table), path(4, folder, "link/c")) < 0);
	CHECK(bpf_obj_get(path(4, folder, "link_to_table")) < 0);
	CHECK(bpf_obj_get(path(4, folder, "none")) == -ENOENT);
	map_pins_bpf__destroy(tool);
}

static void find(const char *folder)
{
	struct map_pins_bpf *tool = load(folder);
	__u32 key = 1;
	__u64 value = 0;

	CHECK(bpf_map_lookup_elem(bpf_map__fd(tool->maps.by_name), &key, &value) == 0 && value == 11);
	int map = bpf_obj_get(path(1, folder, "a/b/table"));
	CHECK(map > 0 && bpf_map_lookup_elem(map, &key, &value) == 0 && value == 22);
	LIBBPF_OPTS(bpf_obj_get_opts, read_only, .file_flags = BPF_F_RDONLY);
	int reader = bpf_obj_get_opts(path(1, folder, "a/b/table"), &read_only);
	CHECK(reader > 0 && bpf_map_lookup_elem(reader, &key, &value) == 0);
	CHECK(bpf_map_update_elem(reader, &key, &value, BPF_ANY) == -EPERM);
	CHECK(bpf_obj_get(path(3, folder, "program")) == -EINVAL);
	/* nobody unpins with a map of one's own what is another's */
	CHECK(wasm_bpf_unpin(bpf_map__fd(tool->maps.table), paths[1], strlen(paths[1])) < 0);
	CHECK(wasm_bpf_unpin(map, paths[1], strlen(paths[1])) == 0);
	path(2, folder, "again");
	CHECK(wasm_bpf_unpin(map, paths[2], strlen(paths[2])) == 0);
	CHECK(bpf_obj_get(paths[1]) == -ENOENT);
	CHECK(close(map) == 0 && close(reader) == 0);
	CHECK(bpf_map__unpin(tool->maps.by_name, NULL) == 0 && !bpf_map__is_pinned(tool->maps.by_name));
	map_pins_bpf__destroy(tool);
}

/* A pin of another shape is not taken; nor is there one where the guest takes the wish away. */
static void other(const char *folder)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .pin_root_path = folder);
	struct map_pins_bpf *tool = map_pins_bpf__open_opts(&options);

	CHECK(tool && bpf_map__set_max_entries(tool->maps.by_name, 99) == 0);
	CHECK(map_pins_bpf__load(tool) == -EINVAL);
	map_pins_bpf__destroy(tool);
	CHECK((tool = map_pins_bpf__open_opts(&options)));
	CHECK(bpf_map__set_pin_path(tool->maps.by_name, NULL) == 0);
	CHECK(map_pins_bpf__load(tool) == 0 && !bpf_map__is_pinned(tool->maps.by_name));
	map_pins_bpf__destroy(tool);
}

int main(int argc, char **argv)
{
	CHECK(argc == 3);
	libbpf_set_print(NULL);
	if (!strcmp(argv[2], "make"))
		make(argv[1]);
	else if (!strcmp(argv[2], "find"))
		find(argv[1]);
	else
		other(argv[1]);
	return 0;
}
