/* Runs of programs in the kernel. With the argument "forever": one that does not end by itself. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "check.h"
#include "test_run.skel.h"

struct arguments {
	uint32_t a, b, sum;
};

static void check_context(struct test_run_bpf *object)
{
	struct arguments in = { 2, 3, 0 };
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = &in, .ctx_size_in = sizeof(in));
	int fd = bpf_program__fd(object->progs.add);

	CHECK(!bpf_prog_test_run_opts(fd, &run));
	CHECK(run.retval == 5 && in.sum == 5); /* the kernel writes a syscall program's context back */
	run.ctx_size_in = 0xffffffff;
	CHECK(bpf_prog_test_run_opts(fd, &run) == -EFAULT);
	CHECK(bpf_prog_test_run_opts(1000000, &run) == -EBADF);
}

static void check_data(struct test_run_bpf *object)
{
	uint8_t in[64] = { 0 }, out[80];
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = in, .data_size_in = sizeof(in), .data_out = out,
		    .data_size_out = sizeof(out));
	int fd = bpf_program__fd(object->progs.count);

	memset(out, 0xff, sizeof(out));
	CHECK(!bpf_prog_test_run_opts(fd, &run));
	CHECK(run.retval == XDP_DROP && run.data_size_out == sizeof(in));
	CHECK(out[13] == 1 && in[13] == 0 && out[64] == 0xff);

	run.repeat = 100; /* one packet, not a hundred */
	run.data_size_out = sizeof(out);
	CHECK(!bpf_prog_test_run_opts(fd, &run));
	CHECK(out[13] == 100);

	run.repeat = 1;
	run.data_size_out = 16;
	memset(out, 0xff, sizeof(out));
	CHECK(bpf_prog_test_run_opts(fd, &run) == -ENOSPC);
	CHECK(run.data_size_out == sizeof(in) && out[16] == 0xff);
}

static void check_cpu(struct test_run_bpf *object)
{
	LIBBPF_OPTS(bpf_test_run_opts, run, .flags = BPF_F_TEST_RUN_ON_CPU);
	int cpus = libbpf_num_possible_cpus();

	run.cpu = cpus - 1;
	CHECK(!bpf_prog_test_run_opts(bpf_program__fd(object->progs.where), &run));
	CHECK(run.retval == 3 && object->bss->cpu_seen == (uint32_t)cpus - 1);
	run.cpu = 100000;
	CHECK(bpf_prog_test_run_opts(bpf_program__fd(object->progs.where), &run) < 0);
}

static void check_live_frames(struct test_run_bpf *object)
{
	uint8_t in[64] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = in, .data_size_in = sizeof(in), .repeat = 1000, .batch_size = 16,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES);

	CHECK(!bpf_prog_test_run_opts(bpf_program__fd(object->progs.count), &run));
	run.batch_size = 1 << 20; /* more than the kernel takes */
	CHECK(bpf_prog_test_run_opts(bpf_program__fd(object->progs.count), &run) == -E2BIG);
}

static void run_forever(struct test_run_bpf *object)
{
	uint8_t in[64] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = in, .data_size_in = sizeof(in), .repeat = -1);

	puts("running");
	fflush(stdout);
	for (;;)
		CHECK(!bpf_prog_test_run_opts(bpf_program__fd(object->progs.count), &run));
}

int main(int argc, char **argv)
{
	struct test_run_bpf *object = test_run_bpf__open_and_load();

	CHECK(object);
	if (argc > 1 && !strcmp(argv[1], "forever"))
		run_forever(object);
	check_context(object);
	check_data(object);
	check_cpu(object);
	check_live_frames(object);
	test_run_bpf__destroy(object);
	return 0;
}
