/* Prints what its programs know of the kernel's types. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <unistd.h>

#include "check.h"
#include "core_types.skel.h"
#include "wait.h"

int main(void)
{
	struct core_types_bpf *object = core_types_bpf__open_and_load();
	LIBBPF_OPTS(bpf_test_run_opts, run);

	CHECK(object);
	CHECK(!core_types_bpf__attach(object));
	CHECK(!bpf_prog_test_run_opts(bpf_program__fd(object->progs.offset), &run));
	WAIT_FOR(NOW(object, object->bss->switches) > 0);
	printf("tgid at %u\n", object->bss->tgid_offset);
	core_types_bpf__destroy(object);
	return 0;
}
