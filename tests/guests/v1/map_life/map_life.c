/* Maps without an object, maps that take the place of an object's, maps of maps, what is set before load, freezing. */
#include <bpf/libbpf.h>
#include <linux/types.h>
#include <unistd.h>

#include "check.h"
#include "map_life.skel.h"

static int run(struct map_life_bpf *tool)
{
	LIBBPF_OPTS(bpf_test_run_opts, options);

	CHECK(bpf_prog_test_run_opts(bpf_program__fd(tool->progs.add), &options) == 0);
	return (int)options.retval;
}

static void check_create(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_NO_PREALLOC);
	struct bpf_map_info info;
	__u32 key = 1, size = sizeof(info);
	__u64 value = 5, read = 0;
	int map = bpf_map_create(BPF_MAP_TYPE_HASH, "made", 4, 8, 10, &options);

	CHECK(map > 0);
	CHECK(bpf_map_update_elem(map, &key, &value, BPF_ANY) == 0);
	CHECK(bpf_map_lookup_elem(map, &key, &read) == 0 && read == 5);
	CHECK(bpf_map_get_info_by_fd(map, &info, &size) == 0 && size == sizeof(info));
	CHECK(info.type == BPF_MAP_TYPE_HASH && info.key_size == 4 && info.value_size == 8 && info.id > 0);
	CHECK(info.max_entries == 10 && info.map_flags == BPF_F_NO_PREALLOC && !strcmp(info.name, "made"));
	CHECK(close(map) == 0);
	CHECK(bpf_map_lookup_elem(map, &key, &read) == -EBADF);
	CHECK(close(map) == -1 && errno == EBADF);
	CHECK(bpf_map_create(BPF_MAP_TYPE_HASH, "bad", 0, 8, 10, NULL) == -EINVAL);
	CHECK(bpf_map_create((enum bpf_map_type)4000, "none", 4, 8, 10, NULL) < 0);
	/* another kind of handle, and a number that is none */
	options.inner_map_fd = 3;
	CHECK(bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "of", 4, 4, 10, &options) == -EBADF);
	LIBBPF_OPTS(bpf_map_create_opts, typed, .btf_fd = 3);
	CHECK(bpf_map_create(BPF_MAP_TYPE_HASH, "typed", 4, 8, 10, &typed) == -EBADF);
}

/* Storage must have types: they come from an object. */
static void check_types(struct map_life_bpf *tool)
{
	struct bpf_map *like = tool->maps.storage;
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_NO_PREALLOC,
		    .btf_fd = bpf_object__btf_fd(tool->obj), .btf_key_type_id = bpf_map__btf_key_type_id(like),
		    .btf_value_type_id = bpf_map__btf_value_type_id(like));
	int map = bpf_map_create(BPF_MAP_TYPE_TASK_STORAGE, "more", 4, 8, 0, &options);
	int process = 1;
	__u64 value = 3;

	CHECK(map > 0);
	CHECK(bpf_map_update_elem(map, &process, &value, BPF_ANY) == 0);
	CHECK(bpf_map_delete_elem(map, &process) == 0);
	CHECK(close(map) == 0);
}

static void check_settings(struct map_life_bpf *tool)
{
	struct bpf_map *table = tool->maps.table;

	CHECK(bpf_map__set_max_entries(table, 16) == 0 && bpf_map__max_entries(table) == 16);
	CHECK(bpf_map__set_map_flags(table, BPF_F_NO_PREALLOC) == 0);
	CHECK(bpf_map__map_flags(table) == BPF_F_NO_PREALLOC);
	CHECK(bpf_map__set_numa_node(table, 0) == 0 && bpf_map__numa_node(table) == 0);
	CHECK(bpf_map__set_ifindex(table, 0) == 0 && bpf_map__ifindex(table) == 0);
	CHECK(bpf_map__autocreate(table));
	CHECK(bpf_map__set_autoattach(table, true) == -EINVAL);
	/* what would make libbpf misread its own memory */
	CHECK(bpf_map__set_max_entries(tool->maps.bss, 1 << 20) == -EINVAL);
	CHECK(bpf_map__set_type(tool->maps.bss, BPF_MAP_TYPE_HASH) == -EINVAL);
	CHECK(bpf_map__set_type(table, BPF_MAP_TYPE_STRUCT_OPS) == -EINVAL);
	CHECK(bpf_map__set_type(table, BPF_MAP_TYPE_ARENA) == -EINVAL);
	CHECK(bpf_map__set_type(tool->maps.outer, BPF_MAP_TYPE_PROG_ARRAY) == -EINVAL);
}

static void check_inner(struct map_life_bpf *tool, int inner)
{
	__u32 key = 2, id = 0;
	int other = bpf_map_create(BPF_MAP_TYPE_HASH, "other", 4, 8, 10, NULL);

	CHECK(bpf_map_update_elem(bpf_map__fd(tool->maps.outer), &key, &inner, BPF_ANY) == 0);
	CHECK(bpf_map_lookup_elem(bpf_map__fd(tool->maps.outer), &key, &id) == 0 && id > 0);
	CHECK(bpf_map_update_elem(bpf_map__fd(tool->maps.outer), &key, &other, BPF_ANY) == -EINVAL);
	CHECK(close(other) == 0);
	LIBBPF_OPTS(bpf_map_create_opts, options, .inner_map_fd = inner);
	int outer = bpf_map_create(BPF_MAP_TYPE_HASH_OF_MAPS, "outer", 4, 4, 4, &options);
	CHECK(outer > 0 && bpf_map_update_elem(outer, &key, &inner, BPF_ANY) == 0);
	CHECK(close(outer) == 0);
}

int main(void)
{
	struct map_life_bpf *first, *second;
	__u32 key = 7;
	__u64 value = 1;
	int shared = bpf_map_create(BPF_MAP_TYPE_HASH, "shared", 4, 8, 8, NULL);
	int inner = bpf_map_create(BPF_MAP_TYPE_ARRAY, "inner", 4, 8, 3, NULL);

	libbpf_set_print(NULL);
	check_create();
	CHECK(shared > 0 && inner > 0);
	CHECK((first = map_life_bpf__open()));
	check_settings(first);
	CHECK(bpf_map__reuse_fd(first->maps.table, inner) == -EINVAL);
	CHECK(bpf_map__reuse_fd(first->maps.table, 3) == -EBADF);
	CHECK(bpf_map__reuse_fd(first->maps.bss, shared) == -EINVAL);
	CHECK(bpf_map__reuse_fd(first->maps.table, shared) == 0);
	CHECK(bpf_map__set_max_entries(first->maps.table, 4) == -EBUSY);
	CHECK(bpf_map__set_inner_map_fd(first->maps.outer, inner) == 0);
	CHECK(map_life_bpf__load(first) == 0);
	CHECK(bpf_map__reuse_fd(first->maps.outer, inner) == -EBUSY);
	CHECK(run(first) == 0);
	CHECK(bpf_map_update_elem(shared, &key, &value, BPF_ANY) == 0);
	CHECK(run(first) == 1);
	CHECK(bpf_map_lookup_elem(bpf_map__fd(first->maps.table), &key, &value) == 0 && value == 2);
	CHECK(!strcmp(bpf_map__name(first->maps.table), "table"));
	CHECK(bpf_object__find_map_by_name(first->obj, "table") == first->maps.table);
	check_inner(first, inner);
	check_types(first);

	/* another object takes the first one's maps, global data too, and outlives it */
	CHECK((second = map_life_bpf__open()));
	CHECK(bpf_map__reuse_fd(second->maps.table, bpf_map__fd(first->maps.table)) == 0);
	CHECK(bpf_map__reuse_fd(second->maps.bss, bpf_map__fd(first->maps.bss)) == 0);
	CHECK(bpf_map__set_inner_map_fd(second->maps.outer, inner) == 0);
	CHECK(close(inner) == 0);
	CHECK(map_life_bpf__load(second) == 0);
	CHECK(second->bss->counter == 2);
	map_life_bpf__destroy(first);
	CHECK(run(second) == 1 && second->bss->counter == 3);
	CHECK(bpf_map_lookup_elem(shared, &key, &value) == 0 && value == 3);
	CHECK(bpf_map_freeze(shared) == 0);
	CHECK(bpf_map_update_elem(shared, &key, &value, BPF_ANY) == -EPERM);
	CHECK(run(second) == 1);
	map_life_bpf__destroy(second);
	CHECK(bpf_map_lookup_elem(shared, &key, &value) == 0 && value == 4);
	CHECK(close(shared) == 0);
	return 0;
}
