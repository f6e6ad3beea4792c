// For guests that are components: calls that must succeed or fail, and texts and lists for them. Included after the bindings of a
// world named `guest`.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef wasm_bpf_bpf_objects_error_t error_t;

// What was checked last, for the message.
static error_t error;

[[noreturn]] static inline void give_up(int line, const char *what)
{
	fprintf(stderr, "line %d: %s: errno %u: %.*s\n", line, what, error.errno, (int)error.text.len, (const char *)error.text.ptr);
	exit(1);
}

#define CHECK(condition) ((condition) ? (void)0 : give_up(__LINE__, #condition))
// Of a call that ends in `&error`.
#define FAILS(call, number) ((call) ? give_up(__LINE__, #call " succeeded") : CHECK(error.errno == (number)))
#define SAYS(part) CHECK(has(&error.text, part))

// memmem(), which C does not have.
static inline bool has(const guest_string_t *text, const char *part)
{
	const size_t size = strlen(part);

	for (size_t at = 0; at + size <= text->len; at++)
		if (memcmp(text->ptr + at, part, size) == 0)
			return true;
	return false;
}

#define TEXT(characters) (&(guest_string_t){(uint8_t *)(characters), strlen(characters)})
#define BYTES(value) (&(guest_list_u8_t){(uint8_t *)&(value), sizeof(value)})
#define OBJECT_BYTES(name) (&(guest_list_u8_t){(uint8_t *)name##_object, name##_object_size})

#define OBJECT(object) wasm_bpf_bpf_objects_borrow_object(object)
#define MAP(map) wasm_bpf_bpf_objects_borrow_map(map)
#define PROGRAM(program) wasm_bpf_bpf_objects_borrow_program(program)
#define LINK(link) wasm_bpf_bpf_objects_borrow_link(link)

static inline wasm_bpf_bpf_objects_own_object_t open_object(guest_list_u8_t *elf)
{
	wasm_bpf_bpf_objects_own_object_t object;

	CHECK(wasm_bpf_bpf_objects_static_object_open(elf, NULL, &object, &error));
	return object;
}

static inline wasm_bpf_bpf_objects_own_map_t find_map(wasm_bpf_bpf_objects_own_object_t object, const char *name)
{
	wasm_bpf_bpf_objects_own_map_t map;

	CHECK(wasm_bpf_bpf_objects_method_object_find_map(OBJECT(object), TEXT(name), &map, &error));
	return map;
}

static inline wasm_bpf_bpf_objects_own_program_t find_program(wasm_bpf_bpf_objects_own_object_t object, const char *name)
{
	wasm_bpf_bpf_objects_own_program_t program;

	CHECK(wasm_bpf_bpf_objects_method_object_find_program(OBJECT(object), TEXT(name), &program, &error));
	return program;
}
