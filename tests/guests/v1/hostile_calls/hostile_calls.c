/* Calls that no host may take: handles that are forged, stale or of another kind, memory that is not the guest's, structs of a
 * newer guest. Each is refused with the number that the ABI says and a text, nothing is written, and the guest goes on. Made by
 * the imports themselves, without libbpf's functions between. */
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <wasm_bpf/abi.h>

#include "check.h"
#include "hostile_calls.skel.h"

/* errno's numbers as the ABI has them, whatever the guest's own <errno.h> says. */
enum { linux_e2big = 7, linux_ebadf = 9, linux_efault = 14, linux_einval = 22 };

static struct hostile_calls_bpf *skeleton;
static wasm_bpf_handle object, map, ring_map, program, set;
static char room[4096];
static uint32_t key = 1;
static uint64_t value = 11;

static bool text_is_there(void)
{
	char text[256];
	const int length = wasm_bpf_error_text(text, sizeof(text));

	return length > 0 && strlen(text) == (size_t)(length < 255 ? length : 255);
}

#define EXPECT_REFUSED(call, error, text)                                                                              \
	do {                                                                                                       \
		const long long refused_with = (call);                                                             \
		if (refused_with != -(error) || !(text)) {                                                         \
			fprintf(stderr, "%s:%d: %s is %lld, not -%d, or says nothing\n", __FILE__, __LINE__, #call, \
				refused_with, error);                                                              \
			exit(1);                                                                                   \
		}                                                                                                  \
	} while (0)

#define REFUSED(call, error) EXPECT_REFUSED(call, error, text_is_there())
/* Calls for single elements need no text: they are made often, and a missing key is no mistake. */
#define REFUSED_BY_NUMBER(call, error) EXPECT_REFUSED(call, error, true)

/* --- handles --- */

/* No call takes this one, whatever it names. */
static void refuse_as_object(wasm_bpf_handle handle)
{
	REFUSED(wasm_bpf_object_load(handle), linux_ebadf);
	REFUSED(wasm_bpf_object_name(handle, room, sizeof(room)), linux_ebadf);
	REFUSED(wasm_bpf_object_find_map(handle, "table", 5), linux_ebadf);
	REFUSED(wasm_bpf_object_next_map(handle, 0), linux_ebadf);
	REFUSED(wasm_bpf_object_find_program(handle, "pass", 4), linux_ebadf);
	REFUSED(wasm_bpf_object_next_program(handle, 0), linux_ebadf);
}

static void refuse_as_map(wasm_bpf_handle handle)
{
	uint32_t count = 1;

	REFUSED(wasm_bpf_map_info(handle, room, sizeof(room)), linux_ebadf);
	REFUSED(wasm_bpf_map_set(handle, WASM_BPF_MAP_MAX_ENTRIES, 4), linux_ebadf);
	REFUSED(wasm_bpf_map_freeze(handle), linux_ebadf);
	REFUSED_BY_NUMBER(wasm_bpf_map_lookup(handle, &key, room, 0), linux_ebadf);
	REFUSED_BY_NUMBER(wasm_bpf_map_update(handle, &key, &value, 0), linux_ebadf);
	REFUSED_BY_NUMBER(wasm_bpf_map_delete(handle, &key, 0), linux_ebadf);
	REFUSED_BY_NUMBER(wasm_bpf_map_lookup_and_delete(handle, &key, room, 0), linux_ebadf);
	REFUSED_BY_NUMBER(wasm_bpf_map_next_key(handle, NULL, room), linux_ebadf);
	REFUSED(wasm_bpf_map_lookup_batch(handle, NULL, room, room + 64, room + 128, &count, 0, 0), linux_ebadf);
	REFUSED(wasm_bpf_map_update_batch(handle, &key, &value, &count, 0, 0), linux_ebadf);
	REFUSED(wasm_bpf_map_delete_batch(handle, &key, &count, 0, 0), linux_ebadf);
	REFUSED(wasm_bpf_map_read(handle, 0, room, 8), linux_ebadf);
	REFUSED(wasm_bpf_map_write(handle, 0, room, 8), linux_ebadf);
	REFUSED(wasm_bpf_ring_add(set, handle, NULL, 0), linux_ebadf);
}

static void refuse_as_program(wasm_bpf_handle handle)
{
	struct wasm_bpf_test_run_options run = {.size = sizeof(run)};

	REFUSED(wasm_bpf_program_info(handle, room, sizeof(room)), linux_ebadf);
	REFUSED(wasm_bpf_program_set(handle, WASM_BPF_PROGRAM_AUTOLOAD, 1), linux_ebadf);
	REFUSED(wasm_bpf_program_log(handle, room, sizeof(room)), linux_ebadf);
	REFUSED(wasm_bpf_program_instructions(handle, room, sizeof(room)), linux_ebadf);
	REFUSED(wasm_bpf_program_kernel_info(handle, room, sizeof(room)), linux_ebadf);
	REFUSED(wasm_bpf_program_attach(handle, NULL), linux_ebadf);
	REFUSED(wasm_bpf_program_test_run(handle, &run), linux_ebadf);
}

static void refuse_as_others(wasm_bpf_handle handle)
{
	REFUSED(wasm_bpf_link_info(handle, room, sizeof(room)), linux_ebadf);
	REFUSED(wasm_bpf_link_update(handle, program), linux_ebadf);
	REFUSED(wasm_bpf_link_detach(handle), linux_ebadf);
	REFUSED(wasm_bpf_iterator_open(handle), linux_ebadf);
	REFUSED(wasm_bpf_stream_read(handle, room, sizeof(room)), linux_ebadf);
	REFUSED(wasm_bpf_perf_event_control(handle, WASM_BPF_PERF_EVENT_ENABLE), linux_ebadf);
}

static void refuse_as_ring(wasm_bpf_handle handle)
{
	REFUSED(wasm_bpf_ring_add(handle, ring_map, NULL, 0), linux_ebadf);
	REFUSED(wasm_bpf_ring_wait(handle, 0), linux_ebadf);
	REFUSED(wasm_bpf_ring_acquire(handle), linux_ebadf);
	REFUSED(wasm_bpf_ring_read(handle, 0, room, sizeof(room)), linux_ebadf);
	REFUSED(wasm_bpf_ring_info(handle, 0, room, sizeof(room)), linux_ebadf);
}

static void refuse_everywhere(wasm_bpf_handle handle)
{
	refuse_as_object(handle);
	refuse_as_map(handle);
	refuse_as_program(handle);
	refuse_as_others(handle);
	refuse_as_ring(handle);
	REFUSED(wasm_bpf_close(handle), linux_ebadf);
}

/* Small numbers would be file descriptors of the host. */
static void forged_handles(void)
{
	static const int32_t numbers[] = {-1, 0x7fffffff, -0x7fffffff - 1, 0x12345678};

	for (unsigned i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		refuse_everywhere(numbers[i]);
	for (int32_t fd = 0; fd < 64; fd++) /* the guest has handles, but none of a perf event */
		REFUSED(wasm_bpf_perf_event_control(fd, WASM_BPF_PERF_EVENT_ENABLE), linux_ebadf);
	for (int32_t bit = 1; bit > 0; bit <<= 1) /* its own with one bit changed is no map of its */
		if ((map ^ bit) != ring_map)
			CHECK(wasm_bpf_map_freeze(map ^ bit) < 0);
}

static void handles_of_another_kind(void)
{
	refuse_as_object(map);
	refuse_as_object(program);
	refuse_as_object(set);
	refuse_as_map(object);
	refuse_as_map(program);
	refuse_as_map(set);
	refuse_as_program(object);
	refuse_as_program(map);
	refuse_as_others(object);
	refuse_as_others(map);
	refuse_as_others(program);
	refuse_as_ring(object);
	refuse_as_ring(map);
	REFUSED(wasm_bpf_close(map), linux_einval); /* it ends with its object */
	REFUSED(wasm_bpf_close(program), linux_einval);
}

static void stale_handles(void)
{
	struct hostile_calls_bpf *other = hostile_calls_bpf__open_and_load();
	CHECK(other);
	const wasm_bpf_handle stale_map = bpf_map__fd(other->maps.table), stale_program = bpf_program__fd(other->progs.pass);
	const wasm_bpf_handle stale_set = wasm_bpf_ring_open();

	CHECK(stale_set > 0 && wasm_bpf_close(stale_set) == 0);
	REFUSED(wasm_bpf_close(stale_set), linux_ebadf);
	hostile_calls_bpf__destroy(other);
	refuse_as_map(stale_map);
	refuse_as_program(stale_program);
	refuse_as_ring(stale_set);
	/* What comes after takes other numbers. */
	const wasm_bpf_handle next = wasm_bpf_ring_open();
	CHECK(next > 0 && next != stale_set);
	refuse_as_ring(stale_set);
	CHECK(wasm_bpf_close(next) == 0);
}

/* --- memory --- */

static char *end_of_memory(void) { return (char *)(__builtin_wasm_memory_size(0) * 65536); }

/* These many bytes before the end of memory are there, one more is not. */
static char *end_minus(uint32_t bytes) { return end_of_memory() - bytes; }

static void pointers_to_nowhere(void)
{
	static char *const nowhere[] = {(char *)0xffffffff, (char *)0xfffffff8, (char *)0x80000000};

	CHECK(wasm_bpf_map_update(map, &key, &value, 0) == 0);
	for (unsigned i = 0; i < sizeof(nowhere) / sizeof(*nowhere); i++) {
		char *at = nowhere[i];

		REFUSED_BY_NUMBER(wasm_bpf_map_lookup(map, at, room, 0), linux_efault);
		REFUSED_BY_NUMBER(wasm_bpf_map_lookup(map, &key, at, 0), linux_efault);
		REFUSED_BY_NUMBER(wasm_bpf_map_update(map, &key, at, 0), linux_efault);
		REFUSED_BY_NUMBER(wasm_bpf_map_next_key(map, at, room), linux_efault);
		REFUSED(wasm_bpf_object_open(at, 100, NULL), linux_efault);
		REFUSED(wasm_bpf_object_find_map(object, at, 5), linux_efault);
		REFUSED(wasm_bpf_object_name(object, at, 16), linux_efault);
		REFUSED(wasm_bpf_map_info(map, at, 16), linux_efault);
		REFUSED(wasm_bpf_program_info(program, at, 16), linux_efault);
		REFUSED(wasm_bpf_program_attach(program, (void *)at), linux_efault);
		REFUSED(wasm_bpf_program_test_run(program, at), linux_efault);
		REFUSED(wasm_bpf_btf_query(at), linux_efault);
		REFUSED(wasm_bpf_map_create(at), linux_efault);
		REFUSED(wasm_bpf_ring_read(set, 0, at, 64), linux_efault);
		REFUSED(wasm_bpf_ring_write(set, 1, at, 64), linux_efault);
		REFUSED(wasm_bpf_host_name(WASM_BPF_HOST_RELEASE, at, 64), linux_efault);
		REFUSED(wasm_bpf_map_read(bpf_map__fd(skeleton->maps.data), 0, at, 8), linux_efault);
	}
}

/* A pointer that is right, and a size that leads out of memory or around its end. */
static void sizes_that_lead_out(void)
{
	static const uint32_t sizes[] = {0xffffffff, 0x80000000};

	for (unsigned i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		REFUSED(wasm_bpf_object_open(room, sizes[i], NULL), linux_efault);
		REFUSED(wasm_bpf_object_name(object, room, sizes[i]), linux_efault);
		REFUSED(wasm_bpf_map_info(map, room, sizes[i]), linux_efault);
		REFUSED(wasm_bpf_ring_read(set, 0, room, sizes[i]), linux_efault);
		CHECK(wasm_bpf_error_text(room, sizes[i]) == -linux_efault);
	}
}

/* What does not wholly fit before the end of memory is not begun. */
static void the_end_of_memory(void)
{
	memset(end_minus(64), 'x', 64);
	REFUSED_BY_NUMBER(wasm_bpf_map_lookup(map, &key, end_minus(7), 0), linux_efault);
	REFUSED_BY_NUMBER(wasm_bpf_map_lookup(map, end_minus(3), room, 0), linux_efault);
	REFUSED(wasm_bpf_map_info(map, end_minus(7), 8), linux_efault);
	REFUSED(wasm_bpf_object_name(object, end_minus(7), 8), linux_efault);
	for (const char *at = end_minus(64); at < end_of_memory(); at++)
		CHECK(*at == 'x');
	CHECK(wasm_bpf_map_lookup(map, &key, end_minus(8), 0) == 0);
	CHECK(memcmp(end_minus(8), &value, sizeof(value)) == 0 && *end_minus(9) == 'x');
}

/* A pointer to memory within a struct is checked too. */
static void pointers_in_structs(void)
{
	struct wasm_bpf_test_run_options run = {
		.size = sizeof(run), .data_in = 0xfffffff0, .data_in_size = 64, .repeat = 1};
	struct wasm_bpf_btf_query query = {
		.size = sizeof(query), .kind = WASM_BPF_BTF_TYPE, .name = 0xfffffff0, .name_size = 64};

	REFUSED(wasm_bpf_program_test_run(program, &run), linux_efault);
	run.data_in = (wasm_bpf_ptr)(uintptr_t)room;
	run.data_in_size = 0x80000000;
	REFUSED(wasm_bpf_program_test_run(program, &run), linux_efault);
	REFUSED(wasm_bpf_btf_query(&query), linux_efault);
}

/* --- structs of another version, texts --- */

/* Longer than the host's: taken where what it does not know is 0, as libbpf does. */
static void structs_of_a_newer_guest(void)
{
	struct {
		struct wasm_bpf_test_run_options known;
		uint32_t newer[4];
	} run = {.known = {.size = sizeof(run), .repeat = 1}};

	memset(room, 0, 64);
	run.known.data_in = (wasm_bpf_ptr)(uintptr_t)room;
	run.known.data_in_size = 64;
	CHECK(wasm_bpf_program_test_run(program, &run) == 0 && run.known.return_value == XDP_PASS);
	run.newer[3] = 1;
	REFUSED(wasm_bpf_program_test_run(program, &run), linux_e2big);
}

static void error_texts(void)
{
	char text[256], cut[8];

	CHECK(wasm_bpf_object_find_map(object, "missing", 7) == -2);
	const int length = wasm_bpf_error_text(text, sizeof(text));
	CHECK(length > 8 && length < (int)sizeof(text) && strstr(text, "missing"));
	CHECK(wasm_bpf_error_text(cut, sizeof(cut)) == length);
	CHECK(strlen(cut) == sizeof(cut) - 1 && memcmp(cut, text, sizeof(cut) - 1) == 0);
	CHECK(wasm_bpf_error_text(NULL, 0) == length);
	CHECK(wasm_bpf_error_name(2, text, sizeof(text)) > 0 && strcmp(text, "No such file or directory") == 0);
}

int main(void)
{
	const void *elf;
	size_t elf_size;

	CHECK((skeleton = hostile_calls_bpf__open_and_load()));
	map = bpf_map__fd(skeleton->maps.table);
	ring_map = bpf_map__fd(skeleton->maps.events);
	program = bpf_program__fd(skeleton->progs.pass);
	set = wasm_bpf_ring_open();
	CHECK(wasm_bpf_ring_add(set, ring_map, NULL, 0) == 0);
	CHECK(wasm_bpf_ring_add(set, bpf_map__fd(skeleton->maps.orders), NULL, 0) == 1);
	elf = hostile_calls_bpf__elf_bytes(&elf_size);
	object = wasm_bpf_object_open(elf, elf_size, NULL);
	CHECK(object > 0);

	forged_handles();
	handles_of_another_kind();
	stale_handles();
	pointers_to_nowhere();
	sizes_that_lead_out();
	the_end_of_memory();
	pointers_in_structs();
	structs_of_a_newer_guest();
	error_texts();
	CHECK(wasm_bpf_close(object) == 0);
	hostile_calls_bpf__destroy(skeleton);
	return 0;
}
