// Ring, perf and user ring buffers; and, by its first argument, ways to wait for the end.
#include <linux/types.h>
#include <unistd.h>

#include "events.bpf.h"
#include "events.h"
#include "guest.h"

#include "component.h"

enum { ENOENT_ = 2, ENOSPC_ = 28, EINVAL_ = 22, EINTR_ = 4, HEADER = 8 };

static wasm_bpf_bpf_objects_own_object_t object;
static wasm_bpf_bpf_rings_own_ring_t ring;

#define RING wasm_bpf_bpf_rings_borrow_ring(ring)

static uint32_t add(const char *map)
{
	uint32_t index;

	CHECK(wasm_bpf_bpf_rings_method_ring_add(RING, MAP(find_map(object, map)), &index, &error));
	return index;
}

static uint32_t run(const char *program)
{
	wasm_bpf_bpf_objects_test_run_options_t options = {0};
	wasm_bpf_bpf_objects_test_run_result_t result;

	CHECK(wasm_bpf_bpf_objects_method_program_test_run(PROGRAM(find_program(object, program)), &options, &result, &error));
	return result.return_value;
}

static void ring_buffer(uint32_t index)
{
	guest_list_u8_t records;
	wasm_bpf_bpf_rings_ring_info_t info;
	uint32_t none = 0, ready;

	CHECK(wasm_bpf_bpf_rings_method_ring_wait(RING, &none, &ready, &error) && ready == 0);
	CHECK(wasm_bpf_bpf_rings_method_ring_read(RING, index, 4096, &records, &error) && records.len == 0);
	CHECK(run("produce") == 0);
	CHECK(wasm_bpf_bpf_rings_method_ring_wait(RING, NULL, &ready, &error) && ready == 1);
	FAILS(wasm_bpf_bpf_rings_method_ring_read(RING, index, 31, &records, &error), ENOSPC_);
	CHECK(wasm_bpf_bpf_rings_method_ring_read(RING, index, 64, &records, &error) && records.len == 64);
	const uint32_t *words = (const uint32_t *)records.ptr;
	CHECK(words[0] == sizeof(struct event) && ((const struct event *)(records.ptr + HEADER))->number == 0);
	CHECK(words[8] == (sizeof(struct event) | 1u << 30)); /* discarded */
	CHECK(wasm_bpf_bpf_rings_method_ring_read(RING, index, UINT32_MAX, &records, &error) && records.len == 32);
	CHECK(((const struct event *)(records.ptr + HEADER))->number == 2);
	CHECK(wasm_bpf_bpf_rings_method_ring_info(RING, index, &info, &error));
	CHECK(info.consumer_position == 96 && info.producer_position == 96 && info.data_bytes == 4096);
	FAILS(wasm_bpf_bpf_rings_method_ring_read(RING, 77, 64, &records, &error), ENOENT_);
}

static void user_ring_buffer(uint32_t index)
{
	struct {
		uint32_t size, reserved;
		uint64_t number;
	} records[2] = {{8, 0, 30}, {8, 0, 12}};
	uint32_t taken;

	CHECK(wasm_bpf_bpf_rings_method_ring_write(RING, index, BYTES(records), &taken, &error) && taken == sizeof(records));
	CHECK(run("consume") == 42);
	records[0].size = 1u << 31; /* never finished */
	FAILS(wasm_bpf_bpf_rings_method_ring_write(RING, index, BYTES(records), &taken, &error), EINVAL_);
}

static void perf_buffer(void)
{
	const wasm_bpf_bpf_objects_own_map_t samples = find_map(object, "samples");
	wasm_bpf_bpf_objects_attach_point_t section = {.tag = WASM_BPF_BPF_OBJECTS_ATTACH_POINT_SECTION};
	wasm_bpf_bpf_rings_perf_options_t options = {.pages = 1};
	wasm_bpf_bpf_kernel_host_facts_t facts;
	wasm_bpf_bpf_objects_own_link_t link;
	guest_list_u8_t records;
	uint32_t ready, indices[64], buffers = 0;

	CHECK(wasm_bpf_bpf_kernel_facts(&facts, &error));
	for (options.cpu = 0; options.cpu < facts.possible_cpus && buffers < 64; options.cpu++)
		if (wasm_bpf_bpf_rings_method_ring_add_perf(RING, MAP(samples), &options, &indices[buffers], &error))
			buffers++;
		else
			CHECK(error.errno == 19); /* offline */
	CHECK(wasm_bpf_bpf_objects_method_program_attach(PROGRAM(find_program(object, "sample")), &section, &link, &error));
	puts("ready for a sample");
	fflush(stdout);
	for (;;) { /* it also tells of what the program took before */
		CHECK(wasm_bpf_bpf_rings_method_ring_wait(RING, NULL, &ready, &error) && ready >= 1);
		for (uint32_t i = 0; i < buffers; i++) {
			CHECK(wasm_bpf_bpf_rings_method_ring_read(RING, indices[i], 4096, &records, &error));
			if (records.len == 0)
				continue;
			CHECK(*(const uint32_t *)records.ptr == 9); /* PERF_RECORD_SAMPLE */
			CHECK(((const struct event *)(records.ptr + HEADER + 4))->number == 42);
			return;
		}
	}
}

static void wait_to_be_asked(const char *how)
{
	uint32_t ready;

	puts("ready");
	fflush(stdout);
	if (strcmp(how, "wait") == 0)
		FAILS(wasm_bpf_bpf_rings_method_ring_wait(RING, NULL, &ready, &error), EINTR_);
	else if (strcmp(how, "sleep") == 0)
		FAILS(wasm_bpf_bpf_lifecycle_sleep(UINT64_MAX, &error), EINTR_);
	else
		while (!wasm_bpf_bpf_lifecycle_stop_requested())
			;
	CHECK(wasm_bpf_bpf_lifecycle_stop_requested());
	puts("asked to stop");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";

	object = open_object(OBJECT_BYTES(events));
	CHECK(wasm_bpf_bpf_objects_method_object_load(OBJECT(object), &error));
	CHECK(wasm_bpf_bpf_rings_static_ring_open(&ring, &error));
	const uint32_t events = add("events");
	if (strcmp(how, "deaf") == 0) { /* only the second signal ends it */
		wait_to_be_asked("spin");
		for (;;)
			;
	}
	if (*how != '\0') {
		wait_to_be_asked(how);
		return 0;
	}
	ring_buffer(events);
	user_ring_buffer(add("wishes"));
	perf_buffer();
	wasm_bpf_bpf_objects_object_drop_own(object); /* the ring goes on without its buffers */
	guest_list_u8_t records;
	FAILS(wasm_bpf_bpf_rings_method_ring_read(RING, events, 64, &records, &error), ENOENT_);
	wasm_bpf_bpf_rings_ring_drop_own(ring);
	puts("done");
	return 0;
}
