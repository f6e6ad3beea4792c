// Does, by its first argument, what a component must not get away with. It says "did it" where nothing stopped it.
#include "guest.h"
#include "hostile.bpf.h"

#include "component.h"

static wasm_bpf_bpf_objects_own_object_t object;
static wasm_bpf_bpf_objects_own_map_t map;
static wasm_bpf_bpf_objects_map_info_t info;

static void drop_twice(void)
{
	wasm_bpf_bpf_objects_object_drop_own(object);
	wasm_bpf_bpf_objects_object_drop_own(object);
}

static void use_after_drop(void)
{
	wasm_bpf_bpf_objects_map_drop_own(map);
	(void)wasm_bpf_bpf_objects_method_map_info(MAP(map), &info, &error);
}

static void forge(void)
{
	wasm_bpf_bpf_objects_borrow_map_t forged = {1 << 16}; /* as the host numbers them */

	(void)wasm_bpf_bpf_objects_method_map_info(forged, &info, &error);
}

static void another_kind(void)
{
	wasm_bpf_bpf_objects_borrow_map_t forged = {object.__handle};

	(void)wasm_bpf_bpf_objects_method_map_info(forged, &info, &error);
}

/* Beyond the memory that there is. */
static void list_from_nowhere(void)
{
	guest_list_u8_t elf = {(uint8_t *)0xfffff000, 0x10000};
	wasm_bpf_bpf_objects_own_object_t opened;

	(void)wasm_bpf_bpf_objects_static_object_open(&elf, NULL, &opened, &error);
}

/* More than the host takes of any guest by one call. */
static void huge_list(void)
{
	guest_list_u8_t elf = {malloc(200 << 20), 200 << 20};
	wasm_bpf_bpf_objects_own_object_t opened;

	(void)wasm_bpf_bpf_objects_static_object_open(&elf, NULL, &opened, &error);
}

/* A refusal that the guest lives through. */
static void large_lists(void)
{
	guest_list_u8_t elf = {malloc(66 << 20), 66 << 20}, content;
	wasm_bpf_bpf_objects_own_object_t opened;

	FAILS(wasm_bpf_bpf_objects_static_object_open(&elf, NULL, &opened, &error), 7);
	FAILS(wasm_bpf_bpf_objects_method_map_read(MAP(map), 0, UINT32_MAX, &content, &error), 7);
	puts("refused");
}

static void many_objects(void)
{
	for (;;)
		if (!wasm_bpf_bpf_objects_static_object_open(OBJECT_BYTES(hostile), NULL, &object, &error))
			break;
	printf("refused: %.*s\n", (int)error.text.len, (const char *)error.text.ptr);
}

static void no_text(void)
{
	guest_string_t name = {(uint8_t *)"\xff\xfe", 2};

	(void)wasm_bpf_bpf_objects_method_object_find_map(OBJECT(object), &name, &map, &error);
}

static void zero_in_a_name(void)
{
	guest_string_t name = {(uint8_t *)"num\0bers", 8};

	FAILS(wasm_bpf_bpf_objects_method_object_find_map(OBJECT(object), &name, &map, &error), 22);
	puts("refused");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*function)(void);
	} crimes[] = {
		{"drop_twice", drop_twice},   {"use_after_drop", use_after_drop}, {"forge", forge},
		{"another_kind", another_kind}, {"list_from_nowhere", list_from_nowhere}, {"huge_list", huge_list},
		{"large_lists", large_lists}, {"many_objects", many_objects}, {"no_text", no_text}, {"zero_in_a_name", zero_in_a_name},
	};

	object = open_object(OBJECT_BYTES(hostile));
	CHECK(wasm_bpf_bpf_objects_method_object_load(OBJECT(object), &error));
	map = find_map(object, "numbers");
	for (size_t i = 0; argc == 2 && i < sizeof(crimes) / sizeof(*crimes); i++) {
		if (strcmp(argv[1], crimes[i].name) != 0)
			continue;
		crimes[i].function();
		puts("did it");
		return 0;
	}
	return 2;
}
