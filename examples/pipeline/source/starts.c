// Loads the BPF program and passes what it reports, in batches, to the component that counts; what that one counted, to the one that
// makes text of it. It knows neither of them: they are whatever exports the interfaces that its world imports.
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "source.h" /* bindings of the world, made by wasm-bpf build */
#include "starts.bpf.h" /* the BPF object's bytes, likewise */

typedef wasm_bpf_bpf_objects_error_t error_t;

static const uint32_t batch_bytes = 64 * 1024;

static bool failed(const char *what, error_t *error)
{
	fprintf(stderr, "source: %s: %.*s\n", what, (int)error->text.len, (const char *)error->text.ptr);
	wasm_bpf_bpf_objects_error_free(error);
	return false;
}

static source_string_t text(const char *characters)
{
	source_string_t result;

	source_string_set(&result, characters);
	return result;
}

// The ring of what the loaded and attached program reports. Everything lives until the component ends.
static bool start(wasm_bpf_bpf_rings_own_ring_t *ring)
{
	source_list_u8_t elf = {(uint8_t *)starts_object, starts_object_size};
	source_string_t program_name = text("handle_exec"), map_name = text("events");
	wasm_bpf_bpf_objects_attach_point_t as_section = {.tag = WASM_BPF_BPF_OBJECTS_ATTACH_POINT_SECTION};
	wasm_bpf_bpf_objects_own_object_t object;
	wasm_bpf_bpf_objects_own_program_t program;
	wasm_bpf_bpf_objects_own_link_t link;
	wasm_bpf_bpf_objects_own_map_t map;
	uint32_t index;
	error_t error;

	if (!wasm_bpf_bpf_objects_static_object_open(&elf, NULL, &object, &error))
		return failed("open the BPF object", &error);
	wasm_bpf_bpf_objects_borrow_object_t borrowed = wasm_bpf_bpf_objects_borrow_object(object);
	if (!wasm_bpf_bpf_objects_method_object_load(borrowed, &error))
		return failed("load", &error);
	if (!wasm_bpf_bpf_objects_method_object_find_program(borrowed, &program_name, &program, &error) ||
	    !wasm_bpf_bpf_objects_method_program_attach(wasm_bpf_bpf_objects_borrow_program(program), &as_section, &link, &error))
		return failed("attach", &error);
	if (!wasm_bpf_bpf_objects_method_object_find_map(borrowed, &map_name, &map, &error) ||
	    !wasm_bpf_bpf_rings_static_ring_open(ring, &error) ||
	    !wasm_bpf_bpf_rings_method_ring_add(wasm_bpf_bpf_rings_borrow_ring(*ring), wasm_bpf_bpf_objects_borrow_map(map), &index, &error))
		return failed("open the ring buffer", &error);
	return true;
}

// What is there now, to the component that counts.
static bool drain(wasm_bpf_bpf_rings_borrow_ring_t ring)
{
	source_list_u8_t records;
	error_t error;

	for (;;) {
		if (!wasm_bpf_bpf_rings_method_ring_read(ring, 0, batch_bytes, &records, &error))
			return failed("read", &error);
		if (records.len == 0)
			return true;
		example_pipeline_aggregate_add(&records);
		source_list_u8_free(&records);
	}
}

static void print_counts(void)
{
	example_pipeline_aggregate_list_summary_t counted;
	source_string_t lines;

	example_pipeline_aggregate_take(&counted);
	// Both interfaces use the same record.
	example_pipeline_format_lines((example_pipeline_format_list_summary_t *)&counted, &lines);
	printf("%.*s", (int)lines.len, (const char *)lines.ptr);
	fflush(stdout);
	source_string_free(&lines);
	example_pipeline_aggregate_list_summary_free(&counted);
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

static bool watch(wasm_bpf_bpf_rings_borrow_ring_t ring, uint32_t interval_ms)
{
	error_t error;
	uint32_t ready;

	for (uint64_t next = now_ms() + interval_ms;;) {
		const uint64_t now = now_ms();
		uint32_t left = next > now ? next - now : 0;
		const bool waited = wasm_bpf_bpf_rings_method_ring_wait(ring, &left, &ready, &error);

		if (!waited && !wasm_bpf_bpf_lifecycle_stop_requested())
			return failed("wait", &error);
		if (!drain(ring))
			return false;
		if (!waited || now_ms() >= next) {
			print_counts();
			next = now_ms() + interval_ms;
		}
		if (!waited)
			return true;
	}
}

// Has the aggregator write over the byte that lies at our own secret's address, as far as it can.
static int show_isolation(void)
{
	static volatile uint8_t secret = 42;
	const uint32_t address = (uint32_t)(uintptr_t)&secret;
	const uint8_t there = example_pipeline_memory_write_and_restore(address, 7);

	printf("source:     address %u holds %u\n", address, 42);
	printf("aggregator: wrote 7 at address %u, and read %u there\n", address, there);
	printf("source:     address %u holds %u\n", address, secret);
	return there == 7 && secret == 42 ? 0 : 1;
}

int main(int argc, char **argv)
{
	wasm_bpf_bpf_rings_own_ring_t ring;
	long seconds = 1;

	if (argc == 2 && !strcmp(argv[1], "--isolation"))
		return show_isolation();
	if (argc > 1) {
		char *end;

		seconds = strtol(argv[1], &end, 10);
		if (argc > 2 || *end || seconds < 1 || seconds > 86400) {
			fprintf(stderr, "Usage: pipeline [SECONDS | --isolation]\n"
					"Prints how often each program is started, every second or so many seconds.\n");
			return 1;
		}
	}
	if (!start(&ring))
		return 1;
	printf("Programs started; Ctrl-C ends it.\n");
	fflush(stdout);
	return watch(wasm_bpf_bpf_rings_borrow_ring(ring), seconds * 1000) ? 0 : 1;
}
