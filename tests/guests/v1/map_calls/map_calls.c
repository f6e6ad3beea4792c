/* Calls of each kind on a map, between two lines of output: 10 of each. */
#include <bpf/libbpf.h>
#include <linux/types.h>
#include <unistd.h>

#include "check.h"
#include "map_calls.skel.h"

int main(void)
{
	struct map_calls_bpf *tool = map_calls_bpf__open_and_load();
	__u64 *values = calloc(libbpf_num_possible_cpus() * 10, sizeof(*values));
	__u32 keys[10], count, place;

	CHECK(tool && values);
	int map = bpf_map__fd(tool->maps.table);
	write(STDOUT_FILENO, "begin\n", 6);
	for (__u32 key = 0; key < 10; key++) {
		CHECK(bpf_map_update_elem(map, &key, values, BPF_ANY) == 0);
		CHECK(bpf_map_lookup_elem(map, &key, values) == 0);
		CHECK(bpf_map__lookup_elem(tool->maps.table, &key, sizeof(key), values,
					   8 * libbpf_num_possible_cpus(), 0) == 0);
		CHECK(bpf_map_get_next_key(map, NULL, &keys[key]) == 0);
		count = 10;
		bpf_map_lookup_batch(map, NULL, &place, keys, values, &count, NULL);
		CHECK(bpf_map_delete_elem(map, &key) == 0);
		count = 1;
		keys[0] = 50 + key;
		CHECK(bpf_map_update_batch(map, keys, values, &count, NULL) == 0);
		CHECK(bpf_map_lookup_and_delete_elem(map, keys, values) == 0);
		count = 1;
		CHECK(bpf_map_delete_batch(map, keys, &count, NULL) == -ENOENT);
		count = 10;
		CHECK(bpf_map_lookup_and_delete_batch(map, NULL, &place, keys, values, &count, NULL) == -ENOENT);
	}
	write(STDOUT_FILENO, "end\n", 4);
	free(values);
	map_calls_bpf__destroy(tool);
	return 0;
}
