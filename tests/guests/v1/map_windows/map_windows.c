/* Global variables and mmapable arrays, as windows and (argument "copies") as copies. */
#include <linux/types.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "check.h"
#include "map_windows.skel.h"

enum { PAGE = 4096, LINUX_EPERM = 1, LINUX_EBUSY = 16, LINUX_EINVAL = 22, LINUX_ERANGE = 34, LINUX_EOPNOTSUPP = 95 };

static char page[2 * PAGE] __attribute__((aligned(PAGE)));

static void advance(struct map_windows_bpf *tool)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	CHECK(bpf_prog_test_run_opts(bpf_program__fd(tool->progs.advance), &opts) == 0 && opts.retval == 0);
}

static void check_globals(void)
{
	struct map_windows_bpf *tool = map_windows_bpf__open();

	CHECK(tool && tool->rodata->step == 3 && tool->data->level == 7 && tool->data_custom->custom == 1);
	tool->rodata->step = 5;
	tool->data->level = 9;
	CHECK(map_windows_bpf__load(tool) == 0);
	CHECK(tool->rodata->step == 5 && tool->data->level == 9 && tool->bss->counter == 0);
	CHECK(tool->kconfig->LINUX_KERNEL_VERSION >= 0x050200);
	advance(tool);
	CHECK(tool->bss->counter == 5 && tool->bss->seen_level == 9 && tool->data_custom->custom == 2);
	CHECK(tool->bss->seen_version == tool->kconfig->LINUX_KERNEL_VERSION);
	tool->data->level = 11;
	tool->bss->counter = 100;
	tool->data_custom->custom = 1000;
	free(malloc(1 << 20)); /* the memory grows under the windows */
	advance(tool);
	CHECK(tool->bss->counter == 105 && tool->bss->seen_level == 11 && tool->data_custom->custom == 2000);
	tool->bss->counter = 0x1fffe;
	CHECK(wasm_bpf_skeleton_sync(tool) == 0);
	__u64 counter = 0;
	wasm_bpf_handle bss = bpf_map__fd(tool->maps.bss);
	CHECK(wasm_bpf_map_read(bss, (char *)&tool->bss->counter - (char *)tool->bss, &counter, sizeof(counter)) == 0);
	CHECK(counter == 0x1fffe);
	map_windows_bpf__destroy(tool);
}

static void check_calls(struct map_windows_bpf *tool)
{
	wasm_bpf_handle shared = bpf_map__fd(tool->maps.shared), rodata = bpf_map__fd(tool->maps.rodata);
	__u64 value = 77;
	__u32 second = 2;

	CHECK(wasm_bpf_map_write(shared, 2 * sizeof(value), &value, sizeof(value)) == 0);
	value = 0;
	CHECK(bpf_map_lookup_elem(shared, &second, &value) == 0 && value == 77);
	value = 0;
	CHECK(wasm_bpf_map_read(shared, 2 * sizeof(value), &value, sizeof(value)) == 0 && value == 77);
	CHECK(wasm_bpf_map_read(shared, 2 * PAGE - 4, &value, sizeof(value)) == -LINUX_ERANGE);
	CHECK(wasm_bpf_map_read(shared, ~0ull - 3, &value, sizeof(value)) == -LINUX_ERANGE);
	CHECK(wasm_bpf_map_write(shared, 1ull << 32, &value, sizeof(value)) == -LINUX_ERANGE);
	CHECK(wasm_bpf_map_write(rodata, 0, &value, 4) == -LINUX_EPERM);
	CHECK(wasm_bpf_map_read(rodata, 0, &value, 4) == 0 && (__u32)value == tool->rodata->step);
}

static void check_array_window(struct map_windows_bpf *tool)
{
	__u64 *window = wasm_bpf_map_window_new(tool->maps.shared), value = 0;
	__u32 third = 3;

	CHECK(window && window[2] == 77);
	advance(tool);
	CHECK(window[1] == tool->bss->counter);
	window[3] = 42;
	CHECK(bpf_map_lookup_elem(bpf_map__fd(tool->maps.shared), &third, &value) == 0 && value == 42);
	CHECK(wasm_bpf_map_window(bpf_map__fd(tool->maps.shared), window, 2 * PAGE) == -LINUX_EBUSY);
	CHECK(wasm_bpf_map_window(bpf_map__fd(tool->maps.shared), (char *)window + PAGE, 2 * PAGE) < 0);
	CHECK(wasm_bpf_map_window(bpf_map__fd(tool->maps.shared), page, PAGE) == -LINUX_EINVAL);

	wasm_bpf_handle table = bpf_map__fd(tool->maps.table);
	__u32 zero = 0;
	value = 1234;
	CHECK(bpf_map_update_elem(table, &zero, &value, 0) == 0 && wasm_bpf_map_freeze(table) == 0);
	CHECK(wasm_bpf_map_window(table, page, PAGE) == 0 && *(volatile __u64 *)page == 1234);
}

/* The last page of memory that can be had, and one that the map is closed under. */
static void check_places(void)
{
	struct wasm_bpf_map_create_options options = { .size = sizeof(options), .type = BPF_MAP_TYPE_ARRAY,
						       .key_size = 4, .value_size = 8, .max_entries = 512,
						       .map_flags = BPF_F_MMAPABLE };
	const size_t wasm_page = 65536;

	__builtin_wasm_memory_grow(0, 1);
	char *end = (char *)(__builtin_wasm_memory_size(0) * wasm_page);
	for (int round = 0; round < 3; round++) {
		wasm_bpf_handle map = wasm_bpf_map_create(&options);
		__u32 last = 511;
		__u64 value = 9;
		CHECK(map > 0 && wasm_bpf_map_window(map, end - PAGE, PAGE) == 0);
		CHECK(wasm_bpf_map_window(map, end, PAGE) < 0);
		CHECK(bpf_map_update_elem(map, &last, &value, 0) == 0 && ((volatile __u64 *)end)[-1] == 9);
		CHECK(wasm_bpf_close(map) == 0 && ((volatile __u64 *)end)[-1] == 0);
		memset(end - PAGE, 1, PAGE);
	}
}

int main(int argc, char **argv)
{
	const bool copies = argc > 1 && strcmp(argv[1], "copies") == 0;

	for (int round = 0; round < 3; round++) {
		check_globals();
		struct map_windows_bpf *tool = map_windows_bpf__open_and_load();
		CHECK(tool);
		check_calls(tool);
		if (!copies)
			check_array_window(tool);
		else
			CHECK(wasm_bpf_map_window(bpf_map__fd(tool->maps.shared), page, 2 * PAGE) == -LINUX_EOPNOTSUPP);
		map_windows_bpf__destroy(tool);
		CHECK(*(volatile __u64 *)page == 0);
		memset(page, 0, sizeof(page)); /* ordinary memory again */
	}
	if (!copies)
		check_places();
	return 0;
}
