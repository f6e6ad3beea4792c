// Objects, maps, programs, links and kernel facts, through the whole interface.
#include "elements.bpf.h"
#include "guest.h"

#include "component.h"

enum { ENOENT_ = 2, EBADF_ = 9, EINVAL_ = 22, EBUSY_ = 16 };
enum { ARRAY = 2, ARRAY_OF_MAPS = 12, CGROUP_STORAGE = 32 };

static wasm_bpf_bpf_objects_own_object_t object;
static bool has_cgroup_storage; /* Linux 6.2 */

static uint64_t number_in(const guest_list_u8_t *bytes)
{
	uint64_t number = 0;

	CHECK(bytes->len <= sizeof(number));
	memcpy(&number, bytes->ptr, bytes->len);
	return number;
}

static void open_and_set_up(void)
{
	wasm_bpf_bpf_objects_object_options_t options = {.name = {true, *TEXT("renamed")}, .kernel_log_level = 1};
	wasm_bpf_bpf_objects_map_setting_t entries = {.tag = WASM_BPF_BPF_OBJECTS_MAP_SETTING_MAX_ENTRIES, .val.max_entries = 64};
	wasm_bpf_bpf_objects_map_setting_t created = {.tag = WASM_BPF_BPF_OBJECTS_MAP_SETTING_AUTOCREATE};
	wasm_bpf_bpf_objects_list_own_map_t maps;
	wasm_bpf_bpf_objects_list_own_program_t programs;
	wasm_bpf_bpf_objects_own_map_t none;
	wasm_bpf_bpf_objects_map_info_t info;
	wasm_bpf_bpf_kernel_host_facts_t facts;
	guest_string_t name;
	guest_list_u8_t value;
	uint32_t three = 3;

	FAILS(wasm_bpf_bpf_objects_static_object_open(BYTES(three), NULL, &object, &error), EINVAL_);
	CHECK(wasm_bpf_bpf_objects_static_object_open(OBJECT_BYTES(elements), &options, &object, &error));
	CHECK(wasm_bpf_bpf_objects_method_object_name(OBJECT(object), &name, &error));
	CHECK(name.len == 7 && memcmp(name.ptr, "renamed", 7) == 0);
	FAILS(wasm_bpf_bpf_objects_method_object_find_map(OBJECT(object), TEXT("absent"), &none, &error), ENOENT_);
	SAYS("absent");
	CHECK(wasm_bpf_bpf_objects_method_object_maps(OBJECT(object), &maps, &error));
	CHECK(maps.len == 7); /* five, .rodata, .data */
	CHECK(wasm_bpf_bpf_objects_method_object_programs(OBJECT(object), &programs, &error));
	CHECK(programs.len == 4);

	CHECK(wasm_bpf_bpf_kernel_facts(&facts, &error));
	CHECK(wasm_bpf_bpf_kernel_has_map_type(CGROUP_STORAGE, &has_cgroup_storage, &error));
	CHECK(has_cgroup_storage == (facts.kernel_version >= 0x60200));
	CHECK(wasm_bpf_bpf_objects_method_map_set(MAP(find_map(object, "of_cgroups")),
						    (created.val.autocreate = has_cgroup_storage, &created), &error));
	const wasm_bpf_bpf_objects_own_map_t numbers = find_map(object, "numbers");
	CHECK(wasm_bpf_bpf_objects_method_map_set(MAP(numbers), &entries, &error));
	CHECK(wasm_bpf_bpf_objects_method_map_info(MAP(numbers), &info, &error));
	CHECK(info.max_entries == 64 && info.key_size == 4 && info.value_size == 8 && info.content_bytes == 0);

	const wasm_bpf_bpf_objects_own_map_t constants = find_map(object, ".rodata");
	CHECK(wasm_bpf_bpf_objects_method_map_initial_value(MAP(constants), &value, &error));
	CHECK(number_in(&value) == 2);
	CHECK(wasm_bpf_bpf_objects_method_map_set_initial_value(MAP(constants), BYTES(three), &error));
	CHECK(wasm_bpf_bpf_objects_method_object_load(OBJECT(object), &error));
	FAILS(wasm_bpf_bpf_objects_method_map_set(MAP(numbers), &entries, &error), EBUSY_);
	CHECK(wasm_bpf_bpf_objects_method_map_info(MAP(constants), &info, &error));
	CHECK(info.read_only && info.global_data && info.content_bytes == 4096 && info.id != 0);
}

static void elements(void)
{
	const wasm_bpf_bpf_objects_borrow_map_t map = MAP(find_map(object, "numbers"));
	uint32_t keys[] = {1, 2, 3}, changed, absent = 9;
	uint64_t values[] = {10, 20, 30}, seen = 0;
	guest_option_list_u8_t found;
	wasm_bpf_bpf_objects_batch_t batch;
	bool was_there;

	CHECK(wasm_bpf_bpf_objects_method_map_update(map, BYTES(keys[0]), BYTES(values[0]), 0, &error));
	CHECK(wasm_bpf_bpf_objects_method_map_lookup(map, BYTES(keys[0]), 0, &found, &error));
	CHECK(found.is_some && number_in(&found.val) == 10);
	CHECK(wasm_bpf_bpf_objects_method_map_lookup(map, BYTES(absent), 0, &found, &error));
	CHECK(!found.is_some);
	FAILS(wasm_bpf_bpf_objects_method_map_lookup(map, BYTES(values[0]), 0, &found, &error), EINVAL_);
	SAYS("a key has 4 bytes in this map, and 8 were given");
	FAILS(wasm_bpf_bpf_objects_method_map_update(map, BYTES(keys[0]), BYTES(keys[0]), 0, &error), EINVAL_);
	SAYS("a value has 8 bytes");
	FAILS(wasm_bpf_bpf_objects_method_map_update(map, BYTES(keys[0]), BYTES(values[0]), 1 /* BPF_NOEXIST */, &error), 17);

	CHECK(wasm_bpf_bpf_objects_method_map_update_batch(map, BYTES(keys), BYTES(values), 0, &changed, &error));
	CHECK(changed == 3);
	FAILS(wasm_bpf_bpf_objects_method_map_update_batch(map, BYTES(keys), BYTES(keys), 0, &changed, &error), EINVAL_);
	CHECK(wasm_bpf_bpf_objects_method_map_lookup_batch(map, NULL, 16, 0, &batch, &error));
	CHECK(batch.count == 3 && batch.keys.len == 12 && batch.values.len == 24 && !batch.next.is_some);
	for (uint32_t i = 0; i < batch.count; i++)
		seen += ((uint64_t *)batch.values.ptr)[i];
	CHECK(seen == 60);
	uint32_t walked = 0;
	for (guest_list_u8_t *key = NULL;; key = &found.val, walked++) {
		CHECK(wasm_bpf_bpf_objects_method_map_next_key(map, key, &found, &error));
		if (!found.is_some)
			break;
	}
	CHECK(walked == 3);
	CHECK(wasm_bpf_bpf_objects_method_map_lookup_and_delete(map, BYTES(keys[2]), 0, &found, &error));
	CHECK(found.is_some && number_in(&found.val) == 30);
	CHECK(wasm_bpf_bpf_objects_method_map_delete(map, BYTES(keys[2]), &was_there, &error) && !was_there);
	CHECK(wasm_bpf_bpf_objects_method_map_delete(map, BYTES(keys[1]), &was_there, &error) && was_there);
	CHECK(wasm_bpf_bpf_objects_method_map_delete_batch(map, BYTES(keys[0]), 0, &changed, &error) && changed == 1);
	FAILS(wasm_bpf_bpf_objects_method_map_lookup_batch(map, NULL, UINT32_MAX, 0, &batch, &error), 7);
	SAYS("64 MiB");
}

static void globals(void)
{
	const wasm_bpf_bpf_objects_borrow_program_t add = PROGRAM(find_program(object, "add"));
	const wasm_bpf_bpf_objects_borrow_map_t data = MAP(find_map(object, ".data"));
	uint32_t argument = 4;
	uint64_t total = 100;
	wasm_bpf_bpf_objects_test_run_options_t run = {.context_in = {(uint8_t *)&argument, sizeof(argument)}};
	wasm_bpf_bpf_objects_test_run_result_t result;
	guest_list_u8_t content;

	CHECK(wasm_bpf_bpf_objects_method_map_write(data, 0, BYTES(total), &error));
	CHECK(wasm_bpf_bpf_objects_method_program_test_run(add, &run, &result, &error));
	CHECK(result.return_value == 7);
	CHECK(wasm_bpf_bpf_objects_method_map_read(data, 0, sizeof(total), &content, &error));
	CHECK(number_in(&content) == 100 + 4 * 3);
	FAILS(wasm_bpf_bpf_objects_method_map_read(data, 4090, 100, &content, &error), 34 /* ERANGE */);
	FAILS(wasm_bpf_bpf_objects_method_map_write(MAP(find_map(object, ".rodata")), 0, BYTES(total), &error), 1);
}

static void items(void)
{
	const wasm_bpf_bpf_objects_borrow_map_t steps = MAP(find_map(object, "steps")), devices = MAP(find_map(object, "devices")),
						of_cgroups = MAP(find_map(object, "of_cgroups"));
	wasm_bpf_bpf_objects_item_t program = {.tag = WASM_BPF_BPF_OBJECTS_ITEM_PROGRAM, .val.program = PROGRAM(find_program(object, "next"))};
	wasm_bpf_bpf_objects_item_t other = {.tag = WASM_BPF_BPF_OBJECTS_ITEM_MAP, .val.map = devices};
	uint32_t key = 0, loopback = 1, handle = program.val.program.__handle;
	uint64_t value = 77;
	guest_option_list_u8_t found;
	bool was_there;

	CHECK(wasm_bpf_bpf_objects_method_map_set_item(steps, BYTES(key), &program, 0, &error));
	CHECK(wasm_bpf_bpf_objects_method_map_lookup(steps, BYTES(key), 0, &found, &error) && found.is_some);
	FAILS(wasm_bpf_bpf_objects_method_map_set_item(steps, BYTES(key), &other, 0, &error), EBADF_);
	FAILS(wasm_bpf_bpf_objects_method_map_update(steps, BYTES(key), BYTES(handle), 0, &error), EINVAL_);
	SAYS("set-item");
	for (uint32_t guess = 1 << 16; guess < (1 << 16) + 64; guess++) /* the host's own numbers are no way in */
		FAILS(wasm_bpf_bpf_objects_method_map_update(steps, BYTES(key), BYTES(guess), 0, &error), EINVAL_);

	CHECK(wasm_bpf_bpf_objects_method_map_set_redirect(devices, BYTES(key), loopback, NULL, 0, &error));
	FAILS(wasm_bpf_bpf_objects_method_map_set_redirect(devices, BYTES(key), loopback, &program.val.program, 0, &error), EINVAL_);

	if (!has_cgroup_storage)
		return;
	wasm_bpf_bpf_objects_own_cgroup_t cgroup;
	if (!wasm_bpf_bpf_objects_static_cgroup_open(TEXT("/sys/fs/cgroup"), &cgroup, &error))
		CHECK(wasm_bpf_bpf_objects_static_cgroup_open(TEXT("/sys/fs/cgroup/unified"), &cgroup, &error));
	wasm_bpf_bpf_objects_item_t owner = {.tag = WASM_BPF_BPF_OBJECTS_ITEM_CGROUP,
					     .val.cgroup = wasm_bpf_bpf_objects_borrow_cgroup(cgroup)};
	CHECK(wasm_bpf_bpf_objects_method_map_update_of(of_cgroups, &owner, BYTES(value), 0, &error));
	CHECK(wasm_bpf_bpf_objects_method_map_lookup_of(of_cgroups, &owner, 0, &found, &error));
	CHECK(found.is_some && number_in(&found.val) == 77);
	FAILS(wasm_bpf_bpf_objects_method_map_lookup(of_cgroups, BYTES(key), 0, &found, &error), EINVAL_);
	SAYS("lookup-of");
	CHECK(wasm_bpf_bpf_objects_method_map_delete_of(of_cgroups, &owner, &was_there, &error) && was_there);
}

static void made_maps(void)
{
	wasm_bpf_bpf_objects_map_create_options_t inner_options = {
		.name = {true, *TEXT("inner")}, .map_type = ARRAY, .key_size = 4, .value_size = 8, .max_entries = 1};
	wasm_bpf_bpf_objects_map_create_options_t outer_options = {.map_type = ARRAY_OF_MAPS, .key_size = 4, .value_size = 4, .max_entries = 1};
	wasm_bpf_bpf_objects_own_map_t inner, outer;
	wasm_bpf_bpf_objects_map_info_t info;
	uint32_t key = 0;

	CHECK(wasm_bpf_bpf_objects_static_map_create(&inner_options, NULL, NULL, &inner, &error));
	CHECK(wasm_bpf_bpf_objects_method_map_info(MAP(inner), &info, &error));
	CHECK(info.name.len == 5 && info.id != 0);
	wasm_bpf_bpf_objects_borrow_map_t example = MAP(inner);
	CHECK(wasm_bpf_bpf_objects_static_map_create(&outer_options, &example, NULL, &outer, &error));
	wasm_bpf_bpf_objects_item_t item = {.tag = WASM_BPF_BPF_OBJECTS_ITEM_MAP, .val.map = MAP(inner)};
	CHECK(wasm_bpf_bpf_objects_method_map_set_item(MAP(outer), BYTES(key), &item, 0, &error));
	wasm_bpf_bpf_objects_map_drop_own(outer);
	wasm_bpf_bpf_objects_map_drop_own(inner);
}

static void programs_and_links(void)
{
	const wasm_bpf_bpf_objects_borrow_program_t count = PROGRAM(find_program(object, "count"));
	wasm_bpf_bpf_objects_attach_point_t tracepoint = {
		.tag = WASM_BPF_BPF_OBJECTS_ATTACH_POINT_TRACEPOINT,
		.val.tracepoint = {*TEXT("syscalls"), *TEXT("sys_enter_getpgid"), 0}};
	wasm_bpf_bpf_objects_attach_point_t wrong = tracepoint;
	wasm_bpf_bpf_objects_attach_point_t section = {.tag = WASM_BPF_BPF_OBJECTS_ATTACH_POINT_SECTION};
	wasm_bpf_bpf_objects_program_info_t info;
	wasm_bpf_bpf_objects_link_info_t link_info;
	wasm_bpf_bpf_objects_own_link_t link;
	wasm_bpf_bpf_objects_own_pass_t pass;
	guest_list_u8_t bytes;
	guest_string_t log;

	CHECK(wasm_bpf_bpf_objects_method_program_info(count, &info, &error));
	CHECK(has(&info.section, "sys_enter_getpgid") && info.autoload && info.id != 0 && info.instruction_count > 5);
	CHECK(wasm_bpf_bpf_objects_method_program_instructions(count, &bytes, &error) && bytes.len == info.instruction_count * 8);
	CHECK(wasm_bpf_bpf_objects_method_program_kernel_info(count, &bytes, &error));
	CHECK(memcmp(bytes.ptr + 4, &info.id, sizeof(info.id)) == 0);
	CHECK(wasm_bpf_bpf_objects_method_program_log(count, &log, &error) && has(&log, "processed"));

	CHECK(wasm_bpf_bpf_objects_method_program_attach(count, &tracepoint, &link, &error));
	CHECK(wasm_bpf_bpf_objects_method_link_info(LINK(link), &link_info, &error));
	CHECK(link_info.program_id == info.id);
	wasm_bpf_bpf_objects_link_drop_own(link);
	wrong.val.tracepoint.name = *TEXT("no_such_place");
	FAILS(wasm_bpf_bpf_objects_method_program_attach(count, &wrong, &link, &error), ENOENT_);
	SAYS("no_such_place");

	CHECK(wasm_bpf_bpf_objects_method_program_attach(PROGRAM(find_program(object, "list")), &section, &link, &error));
	CHECK(wasm_bpf_bpf_objects_method_link_iterate(LINK(link), &pass, &error));
	CHECK(wasm_bpf_bpf_objects_method_pass_read(wasm_bpf_bpf_objects_borrow_pass(pass), 100, &bytes, &error) && bytes.len == 0);
	wasm_bpf_bpf_objects_pass_drop_own(pass);
	wasm_bpf_bpf_objects_link_drop_own(link);
}

static void kernel_facts(void)
{
	wasm_bpf_bpf_kernel_host_facts_t facts;
	wasm_bpf_bpf_kernel_btf_field_t field;
	wasm_bpf_bpf_kernel_btf_type_t type;
	wasm_bpf_bpf_kernel_local_time_t zone;
	guest_string_t name;
	uint32_t index;
	bool has;

	CHECK(wasm_bpf_bpf_kernel_facts(&facts, &error));
	CHECK(facts.possible_cpus >= facts.online_cpus && facts.online_cpus >= 1 && facts.page_size == 4096);
	CHECK(facts.kernel_version >= 0x60100 && facts.system.len == 5 && facts.process_id > 0);
	CHECK(wasm_bpf_bpf_kernel_has_map_type(1, &has, &error) && has);
	CHECK(wasm_bpf_bpf_kernel_find_field(TEXT("task_struct"), TEXT("pid"), NULL, &field, &error));
	CHECK(field.byte_size == 4 && field.bit_offset % 32 == 0);
	FAILS(wasm_bpf_bpf_kernel_find_type(TEXT("no_such_struct"), 0, NULL, &type, &error), ENOENT_);
	CHECK(wasm_bpf_bpf_kernel_interface_index(TEXT("lo"), &index, &error));
	CHECK(wasm_bpf_bpf_kernel_interface_name(index, &name, &error) && name.len == 2);
	CHECK(wasm_bpf_bpf_kernel_local_time_at(0, &zone, &error) && zone.abbreviation.len >= 2);
}

static void messages(void)
{
	wasm_bpf_bpf_messages_level_t debug = WASM_BPF_BPF_MESSAGES_LEVEL_DEBUG;
	wasm_bpf_bpf_messages_option_message_t message;

	CHECK(wasm_bpf_bpf_messages_keep(&debug, &error));
	wasm_bpf_bpf_objects_object_drop_own(open_object(OBJECT_BYTES(elements)));
	CHECK(wasm_bpf_bpf_messages_next(&message, &error) && message.is_some && message.val.text.len > 0);
	CHECK(wasm_bpf_bpf_messages_keep(NULL, &error));
}

static void names_end_with_their_object(void)
{
	const wasm_bpf_bpf_objects_own_map_t map = find_map(object, "numbers");
	const wasm_bpf_bpf_objects_own_program_t program = find_program(object, "add");
	wasm_bpf_bpf_objects_map_info_t info;
	wasm_bpf_bpf_objects_program_info_t program_info;
	guest_option_list_u8_t found;
	uint32_t key = 1;

	wasm_bpf_bpf_objects_map_drop_own(find_map(object, "numbers")); /* a name of it alone */
	CHECK(wasm_bpf_bpf_objects_method_map_info(MAP(map), &info, &error));
	wasm_bpf_bpf_objects_object_drop_own(object);
	FAILS(wasm_bpf_bpf_objects_method_map_info(MAP(map), &info, &error), EBADF_);
	FAILS(wasm_bpf_bpf_objects_method_map_lookup(MAP(map), BYTES(key), 0, &found, &error), EBADF_);
	FAILS(wasm_bpf_bpf_objects_method_program_info(PROGRAM(program), &program_info, &error), EBADF_);
	wasm_bpf_bpf_objects_map_drop_own(map);
	wasm_bpf_bpf_objects_program_drop_own(program);
}

int main(void)
{
	printf("checked"); /* written at the end, and not when a call's result needs memory */
	open_and_set_up();
	elements();
	globals();
	items();
	made_maps();
	programs_and_links();
	kernel_facts();
	messages();
	names_end_with_their_object();
	return 0;
}
