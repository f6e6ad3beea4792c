// The same as drain.c, as a component: its records come in batches, each a list of bytes in the kernel's own framing.
#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../drain/drain.h"
#include "drain.bpf.h"
#include "drain_guest.h"

enum { ROUNDS = 30, BATCH_BYTES = 256 * 1024, HEADER_BYTES = 8 };
static const __u32 length_bits = (1u << 30) - 1, discarded = 1u << 30;

static wasm_bpf_bpf_objects_own_program_t fill;
static wasm_bpf_bpf_rings_own_ring_t ring;

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

static void check(bool done, wasm_bpf_bpf_objects_error_t *error)
{
	if (done)
		return;
	fprintf(stderr, "drain: %.*s\n", (int)error->text.len, (const char *)error->text.ptr);
	exit(1);
}

static void open_and_load(void)
{
	drain_guest_list_u8_t elf = {(uint8_t *)drain_object, drain_object_size};
	drain_guest_string_t program_name, map_name;
	wasm_bpf_bpf_objects_own_object_t object;
	wasm_bpf_bpf_objects_own_map_t map;
	wasm_bpf_bpf_objects_error_t error;
	uint32_t index;

	drain_guest_string_set(&program_name, "fill");
	drain_guest_string_set(&map_name, "events");
	check(wasm_bpf_bpf_objects_static_object_open(&elf, NULL, &object, &error), &error);
	const wasm_bpf_bpf_objects_borrow_object_t borrowed = wasm_bpf_bpf_objects_borrow_object(object);
	check(wasm_bpf_bpf_objects_method_object_load(borrowed, &error), &error);
	check(wasm_bpf_bpf_objects_method_object_find_program(borrowed, &program_name, &fill, &error), &error);
	check(wasm_bpf_bpf_objects_method_object_find_map(borrowed, &map_name, &map, &error), &error);
	check(wasm_bpf_bpf_rings_static_ring_open(&ring, &error), &error);
	check(wasm_bpf_bpf_rings_method_ring_add(wasm_bpf_bpf_rings_borrow_ring(ring), wasm_bpf_bpf_objects_borrow_map(map), &index, &error),
	      &error);
}

static void run(__u64 *number)
{
	const wasm_bpf_bpf_objects_test_run_options_t options = {.context_in = {(uint8_t *)number, sizeof(*number)}};
	wasm_bpf_bpf_objects_test_run_result_t result;
	wasm_bpf_bpf_objects_error_t error;

	check(wasm_bpf_bpf_objects_method_program_test_run(wasm_bpf_bpf_objects_borrow_program(fill),
							   (wasm_bpf_bpf_objects_test_run_options_t *)&options, &result, &error),
	      &error);
	wasm_bpf_bpf_objects_test_run_result_free(&result);
}

// The number of records; the sum of their numbers is added.
static int drain(__u64 *sum)
{
	drain_guest_list_u8_t batch;
	wasm_bpf_bpf_objects_error_t error;
	int records = 0;

	for (;;) {
		check(wasm_bpf_bpf_rings_method_ring_read(wasm_bpf_bpf_rings_borrow_ring(ring), 0, BATCH_BYTES, &batch, &error), &error);
		if (batch.len == 0)
			return records;
		for (size_t at = 0; at < batch.len;) {
			__u32 header;

			memcpy(&header, batch.ptr + at, sizeof(header));
			if ((header & discarded) == 0) {
				*sum += ((const struct event *)(batch.ptr + at + HEADER_BYTES))->number;
				records++;
			}
			at += (HEADER_BYTES + (header & length_bits) + 7) / 8 * 8;
		}
		drain_guest_list_u8_free(&batch);
	}
}

int main(void)
{
	__u64 sum = 0, expected = 0, number = 0;

	open_and_load();
	for (int round = 0; round < ROUNDS; round++) {
		run(&number);
		double start = now_ns();
		int records = drain(&sum);
		double end = now_ns();

		for (int i = 0; i < RECORDS; i++)
			expected += number++;
		if (records != RECORDS || sum != expected) {
			fprintf(stderr, "drain: %d records\n", records);
			return 1;
		}
		printf("%.3f\n", (end - start) / RECORDS);
	}
	return 0;
}
