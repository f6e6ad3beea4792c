/* The four batch operations, on plain maps, per-CPU maps and maps of maps. */
#include <bpf/libbpf.h>
#include <linux/types.h>

#include "check.h"
#include "map_batches.skel.h"

#define ENOTSUPP 524 /* the kernel's own, which <errno.h> does not have */

enum { ALL = 5000, ROOM = 1500, MAPS = 3000 };

static __u32 keys[ALL];
static __u64 values[ALL];
static int seen[ALL];
static struct map_batches_bpf *tool;

static void fill(int map, __u32 count)
{
	for (__u32 i = 0; i < count; i++) {
		keys[i] = i;
		values[i] = 10 * i;
	}
	CHECK(bpf_map_update_batch(map, keys, values, &count, NULL) == 0);
}

/* Every element comes once. */
static void check_reading(int map, int (*read)(int, void *, void *, void *, void *, __u32 *,
					       const struct bpf_map_batch_opts *))
{
	__u32 place = 0, next = 0, total = 0;
	int first = 1, result;

	memset(seen, 0, sizeof(seen));
	do {
		__u32 count = ROOM;
		result = read(map, first ? NULL : &place, &next, keys, values, &count, NULL);
		CHECK(result == 0 || result == -ENOENT);
		for (__u32 i = 0; i < count; i++) {
			CHECK(keys[i] < ALL && values[i] == 10 * keys[i] && !seen[keys[i]]);
			seen[keys[i]] = 1;
		}
		total += count;
		place = next;
		first = 0;
	} while (result == 0);
	CHECK(total == ALL);
}

static void check_hash(void)
{
	int map = bpf_map__fd(tool->maps.hash);
	__u32 count, key;

	fill(map, ALL);
	check_reading(map, bpf_map_lookup_batch);
	check_reading(map, bpf_map_lookup_and_delete_batch);
	CHECK(bpf_map_get_next_key(map, NULL, &key) == -ENOENT);
	fill(map, ALL);
	count = ALL - 1;
	CHECK(bpf_map_delete_batch(map, keys, &count, NULL) == 0 && count == ALL - 1);
	CHECK(bpf_map_get_next_key(map, NULL, &key) == 0 && key == ALL - 1);
	/* the count says how far it got */
	keys[0] = ALL - 1;
	keys[1] = ALL + 1;
	count = 2;
	CHECK(bpf_map_delete_batch(map, keys, &count, NULL) == -ENOENT && count == 1);
	LIBBPF_OPTS(bpf_map_batch_opts, options, .elem_flags = BPF_NOEXIST);
	count = 1;
	CHECK(bpf_map_update_batch(map, keys, values, &count, &options) == -EINVAL);
	count = 0;
	CHECK(bpf_map_update_batch(map, keys, values, &count, NULL) == 0);
}

static void check_array(void)
{
	__u32 place, count = 100;
	int map = bpf_map__fd(tool->maps.array);

	fill(map, 100);
	memset(values, 0, sizeof(values));
	CHECK(bpf_map_lookup_batch(map, NULL, &place, keys, values, &count, NULL) == 0 || errno == ENOENT);
	CHECK(count == 100 && values[99] == 990);
	CHECK(bpf_map_delete_batch(map, keys, &count, NULL) == -ENOTSUPP);
}

static void check_per_cpu(void)
{
	int cpus = libbpf_num_possible_cpus(), map = bpf_map__fd(tool->maps.percpu_hash);
	__u32 place = 0, count = 50;
	__u64 *all = calloc(50 * cpus, sizeof(*all));

	for (int i = 0; i < 50; i++) {
		keys[i] = i;
		for (int cpu = 0; cpu < cpus; cpu++)
			all[i * cpus + cpu] = 1000 * i + cpu;
	}
	CHECK(bpf_map_update_batch(map, keys, all, &count, NULL) == 0 && count == 50);
	memset(all, 0xff, 50 * cpus * sizeof(*all));
	count = 50;
	int result = bpf_map_lookup_batch(map, NULL, &place, keys, all, &count, NULL);
	CHECK((result == 0 || result == -ENOENT) && count == 50);
	for (__u32 i = 0; i < count; i++)
		for (int cpu = 0; cpu < cpus; cpu++)
			CHECK((__u32)all[i * cpus + cpu] == 1000 * keys[i] + cpu);
	free(all);
}

/* More than one part of what the host translates at a time. */
static void check_maps(void)
{
	int map = bpf_map__fd(tool->maps.maps);
	__u32 place, count = MAPS, key = 0, first_id, id;
	__s32 *handles = (__s32 *)values;

	for (int i = 0; i < MAPS; i++) {
		keys[i] = i;
		handles[i] = bpf_map__fd(i % 2 ? tool->maps.second : tool->maps.first);
	}
	CHECK(bpf_map_update_batch(map, keys, handles, &count, NULL) == 0 && count == MAPS);
	CHECK(handles[0] == bpf_map__fd(tool->maps.first));
	CHECK(bpf_map_lookup_elem(map, &key, &first_id) == 0);
	key = MAPS - 1;
	CHECK(bpf_map_lookup_elem(map, &key, &id) == 0 && id != first_id);
	handles[2000] = 3;
	count = MAPS;
	CHECK(bpf_map_update_batch(map, keys, handles, &count, NULL) == -EBADF && count == 2000);
	count = MAPS;
	int result = bpf_map_lookup_batch(map, NULL, &place, keys, handles, &count, NULL);
	CHECK((result == 0 || result == -ENOENT) && count == MAPS);
	CHECK((__u32)handles[0] == first_id && (__u32)handles[MAPS - 1] == id);
}

/* Lengths that wrap in 32 bits, and memory that is not the guest's. */
static void check_hostile(void)
{
	int map = bpf_map__fd(tool->maps.hash);
	__u32 count = 0x40000001, place;
	void *outside = (void *)0xfffffff0;

	CHECK(bpf_map_update_batch(map, keys, values, &count, NULL) == -EFAULT);
	CHECK(bpf_map_lookup_batch(map, NULL, &place, keys, values, &count, NULL) == -EFAULT);
	CHECK(bpf_map_delete_batch(map, keys, &count, NULL) == -EFAULT);
	count = 8;
	CHECK(bpf_map_lookup_batch(map, NULL, outside, keys, values, &count, NULL) == -EFAULT);
	CHECK(bpf_map_lookup_batch(map, outside, &place, keys, values, &count, NULL) == -EFAULT);
	CHECK(bpf_map_lookup_batch(map, NULL, &place, outside, values, &count, NULL) == -EFAULT);
	CHECK(bpf_map_lookup_batch(map, NULL, &place, keys, outside, &count, NULL) == -EFAULT);
	CHECK(bpf_map_lookup_batch(map, NULL, &place, keys, values, outside, NULL) == -EFAULT);
	CHECK(bpf_map_lookup_batch(3, NULL, &place, keys, values, &count, NULL) == -EBADF);
	CHECK(bpf_map_lookup_batch(bpf_map__fd(tool->maps.queue), NULL, &place, keys, values, &count, NULL) ==
	      -ENOTSUPP);
}

int main(void)
{
	CHECK((tool = map_batches_bpf__open_and_load()));
	check_hash();
	check_array();
	check_per_cpu();
	check_maps();
	check_hostile();
	map_batches_bpf__destroy(tool);
	return 0;
}
