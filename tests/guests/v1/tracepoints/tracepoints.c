/* Tracepoints of the three kinds, with cookies: tracepoints [no-raw-cookies]. */
#include <bpf/libbpf.h>

#include "check.h"
#include "wait.h"

#include "tracepoints.skel.h"

enum { tracepoint = 1, raw = 2, btf = 3 };

static char said[512];

static int keep(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	return vsnprintf(said, sizeof(said), format, args);
}

int main(int argc, char **argv)
{
	const bool raw_cookies = !(argc > 1 && !strcmp(argv[1], "no-raw-cookies"));
	struct tracepoints_bpf *skel = tracepoints_bpf__open();

	CHECK(skel);
	CHECK(bpf_program__set_autoload(skel->progs.on_btf_tracepoint, true) == 0);
	skel->rodata->raw_cookies = raw_cookies;
	CHECK(tracepoints_bpf__load(skel) == 0);
	volatile __u64 *runs = (volatile __u64 *)skel->bss->runs;
	LIBBPF_OPTS(bpf_tracepoint_opts, options, .bpf_cookie = tracepoint);
	struct bpf_link *link = bpf_program__attach_tracepoint_opts(skel->progs.on_tracepoint, "sched", "sched_switch",
								    &options);
	CHECK(link);
	WAIT_FOR(NOW(skel, runs[tracepoint]) > 0);
	CHECK(bpf_link__destroy(link) == 0);

	LIBBPF_OPTS(bpf_raw_tracepoint_opts, raw_options, .cookie = raw);
	libbpf_set_print(keep);
	link = bpf_program__attach_raw_tracepoint_opts(skel->progs.on_raw_tracepoint, "sys_enter", &raw_options);
	CHECK(!link == !raw_cookies);
	if (link)
		WAIT_FOR(NOW(skel, runs[raw]) > 0);
	else
		CHECK(errno == EINVAL && strstr(said, "this kernel has no cookies of raw tracepoints"));
	CHECK(bpf_link__destroy(link) == 0);
	link = bpf_program__attach_raw_tracepoint(skel->progs.on_raw_tracepoint, "sys_enter");
	CHECK(link);
	WAIT_FOR(NOW(skel, runs[0]) > 0);
	CHECK(bpf_link__destroy(link) == 0);

	LIBBPF_OPTS(bpf_trace_opts, trace, .cookie = raw_cookies ? btf : 0);
	link = bpf_program__attach_trace_opts(skel->progs.on_btf_tracepoint, &trace);
	CHECK(link);
	WAIT_FOR(NOW(skel, skel->bss->btf_runs) > 0);
	CHECK(!raw_cookies || NOW(skel, runs[btf]) > 0);
	CHECK(bpf_link__destroy(link) == 0);

	CHECK(!bpf_program__attach_tracepoint(skel->progs.on_tracepoint, "syscalls", "no_such_tracepoint"));
	CHECK(errno == ENOENT && strstr(said, "syscalls/no_such_tracepoint"));
	CHECK(!bpf_program__attach_raw_tracepoint(skel->progs.on_raw_tracepoint, "no_such_tracepoint"));
	CHECK(errno == ENOENT && strstr(said, "no_such_tracepoint"));
	tracepoints_bpf__destroy(skel);
	return 0;
}
