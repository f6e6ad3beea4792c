/* Several objects of one guest at once: two files, and one of them twice. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "check.h"
#include "first.skel.h"
#include "second.skel.h"

static uint32_t run(const struct bpf_program *program)
{
	LIBBPF_OPTS(bpf_test_run_opts, options);

	CHECK(!bpf_prog_test_run_opts(bpf_program__fd(program), &options));
	return options.retval;
}

int main(void)
{
	struct first_bpf *one = first_bpf__open(), *again = first_bpf__open_and_load();
	struct second_bpf *other = second_bpf__open_and_load();

	CHECK(one && again && other);
	one->bss->first_runs = 10;
	CHECK(!first_bpf__load(one));
	CHECK(run(one->progs.first_program) == 11 && run(again->progs.first_program) == 1);
	CHECK(run(other->progs.second_program) == 1 && run(other->progs.second_program) == 2);
	CHECK(one->bss->first_runs == 11 && again->bss->first_runs == 1 && other->bss->second_runs == 2);

	/* Names and handles of one are nothing in another. */
	CHECK(!bpf_object__find_program_by_name(one->obj, "second_program") && errno == ENOENT);
	CHECK(wasm_bpf_object_next_program(bpf_program__fd(one->progs.first_program), 0) < 0);

	int stale = bpf_program__fd(one->progs.first_program);
	LIBBPF_OPTS(bpf_test_run_opts, options);
	first_bpf__destroy(one);
	CHECK(bpf_prog_test_run_opts(stale, &options) == -EBADF);
	CHECK(run(again->progs.first_program) == 2 && again->bss->first_runs == 2);
	first_bpf__destroy(again);
	CHECK(run(other->progs.second_program) == 3);
	second_bpf__destroy(other);
	return 0;
}
