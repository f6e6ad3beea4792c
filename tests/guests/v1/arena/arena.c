/* An arena with its pointers and its variables; with the argument "copies" the variables alone. */
#include <linux/types.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "arena.h"
#include "arena.skel.h"
#include "check.h"

enum { PAGE = 4096, PAGES = 16, NODES = 100 };

static void run(struct bpf_program *program)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	CHECK(bpf_prog_test_run_opts(bpf_program__fd(program), &opts) == 0 && opts.retval == 0);
}

static __u64 sum_of(const struct node *node)
{
	__u64 sum = 0;

	for (; node; node = node->next)
		sum += node->value;
	return sum;
}

/* What the guest adds, the program finds. */
static void check_pointers(struct arena_bpf *tool)
{
	struct node *head = (struct node *)(uintptr_t)tool->bss->head;
	struct node *own = (struct node *)((char *)tool->arena__window + 8 * PAGE); /* its touch allocates the page */

	CHECK((char *)head >= (char *)tool->arena__window && (char *)head < (char *)tool->arena__window + PAGES * PAGE);
	CHECK(sum_of(head) == NODES * (NODES - 1) / 2);
	own->value = 1000000;
	own->next = head;
	tool->bss->head = (tool->bss->head & ~0xffffffffull) | (uintptr_t)own;
	run(tool->progs.add_up);
	CHECK(tool->bss->sum == 1000000 + NODES * (NODES - 1) / 2 + 43);
	CHECK(own->value == 1000001 && head->value == 1);
}

static void check(bool copies)
{
	struct arena_bpf *tool = arena_bpf__open();

	CHECK(tool && tool->arena->kept == 42);
	tool->arena->kept = 43;
	CHECK(arena_bpf__load(tool) == 0);
	CHECK(tool->arena->kept == 43 && tool->arena->runs == 0);
	CHECK(copies == !tool->arena__window);
	run(tool->progs.build);
	if (!copies)
		check_pointers(tool);
	else
		run(tool->progs.add_up);
	CHECK(tool->arena->runs == 1);
	tool->arena->kept = 50;
	run(tool->progs.add_up);
	CHECK(tool->arena->runs == 2);
	CHECK(tool->bss->sum == (copies ? 0 : 1000001) + NODES * (NODES - 1) / 2 + NODES + 50);
	char *window = tool->arena__window;
	arena_bpf__destroy(tool);
	if (window)
		memset(window, 0, PAGE); /* ordinary memory again */
}

/* Works for the programs alone where the guest binds nothing. */
static void check_unbound(void)
{
	size_t size;
	const void *elf = arena_bpf__elf_bytes(&size);
	struct bpf_object *object = bpf_object__open_mem(elf, size, NULL);

	CHECK(object && bpf_object__load(object) == 0);
	run(bpf_object__find_program_by_name(object, "build"));
	run(bpf_object__find_program_by_name(object, "add_up"));
	wasm_bpf_handle map = bpf_object__find_map_fd_by_name(object, "arena");
	struct wasm_bpf_map_info info = { 0 };
	__u64 variables[2];
	CHECK(wasm_bpf_map_info(map, &info, sizeof(info)) == 0 && info.data_bytes == sizeof(variables));
	CHECK(wasm_bpf_map_read(map, info.data_offset, variables, sizeof(variables)) == 0);
	CHECK(variables[0] + variables[1] == 42 + 1);
	char *late = aligned_alloc(PAGE, PAGES * PAGE);
	CHECK(wasm_bpf_map_window(map, late, PAGES * PAGE) < 0);
	bpf_object__close(object);
}

int main(int argc, char **argv)
{
	const bool copies = argc > 1 && strcmp(argv[1], "copies") == 0;

	for (int round = 0; round < 3; round++) {
		check(copies);
		check_unbound();
	}
	return 0;
}
