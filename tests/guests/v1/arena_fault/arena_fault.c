/* Touches a page of an arena that no program allocated: "load", "store", "fill", "host", or not at all. */
#include <bpf/libbpf.h>

#include "arena_fault.skel.h"
#include "check.h"

int main(int argc, char **argv)
{
	struct arena_fault_bpf *tool = arena_fault_bpf__open_and_load();
	const char *how = argc > 1 ? argv[1] : "";

	CHECK(tool && tool->arena__window);
	volatile char *page = (volatile char *)tool->arena__window + 3 * 4096;
	if (strcmp(how, "load") == 0)
		CHECK(*page == 0);
	if (strcmp(how, "store") == 0)
		*page = 1;
	if (strcmp(how, "fill") == 0)
		memset((char *)page - 2048, 1, 4096);
	if (strcmp(how, "host") == 0)
		wasm_bpf_object_find_map(wasm_bpf__object_handle(tool->obj), (const char *)page, 16);
	if (*how)
		for (;;)
			;
	arena_fault_bpf__destroy(tool);
	return 0;
}
