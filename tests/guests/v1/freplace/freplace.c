/* A function of one program replaced by another one of this guest, while the link lives. */
#include <bpf/libbpf.h>

#include "check.h"

#include "freplace.skel.h"
#include "replacement.skel.h"

static int run(struct bpf_program *program)
{
	char packet[64] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet));

	CHECK(bpf_prog_test_run_opts(bpf_program__fd(program), &opts) == 0);
	return opts.retval;
}

int main(void)
{
	struct freplace_bpf *skel = freplace_bpf__open_and_load();
	struct replacement_bpf *other = replacement_bpf__open();

	CHECK(skel && other);
	int original = bpf_program__fd(skel->progs.original);
	CHECK(bpf_program__set_attach_target(other->progs.chosen_instead, original, "chosen") == 0);
	CHECK(replacement_bpf__load(other) == 0);
	CHECK(run(skel->progs.original) == 1);
	struct bpf_link *link = bpf_program__attach(other->progs.chosen_instead);
	CHECK(link);
	CHECK(run(skel->progs.original) == 7);
	CHECK(bpf_link__destroy(link) == 0);
	CHECK(run(skel->progs.original) == 1);
	/* By the program and the function, instead of by what it was loaded for. */
	link = bpf_program__attach_freplace(other->progs.chosen_instead, original, "chosen");
	CHECK(link);
	CHECK(run(skel->progs.original) == 7);
	CHECK(bpf_link__destroy(link) == 0);
	CHECK(run(skel->progs.original) == 1);
	CHECK(!bpf_program__attach_freplace(other->progs.chosen_instead, original, "no_such_function"));
	replacement_bpf__destroy(other);
	freplace_bpf__destroy(skel);
	return 0;
}
