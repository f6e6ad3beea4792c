/* Probes in a program of user space, by every way to name their places: user_probes PATH PID OFFSET REF_CTR_OFFSET.
 * PATH has the functions probed_one, probed_two and counted_probe, the probe wasm_bpf_test:tick whose first argument is 42, and
 * probed_one at OFFSET; PID runs it and calls them again and again. */
#include <bpf/libbpf.h>
#include <unistd.h>
#include <wasm_bpf/abi.h>

#include "check.h"
#include "wait.h"

#include "user_probes.skel.h"

enum { by_name = 1, by_offset, at_return, with_counter, of_process, of_other_process, by_pattern, listed_one, listed_two,
       by_offsets, multi_return, places };

/* They came with Linux 6.13; what an older kernel lacks is named. */
static bool has_sessions(void)
{
	return wasm_bpf_kernel_version() >= (6 << 16 | 13 << 8);
}

static char said[1024];

static int keep(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	return vsnprintf(said, sizeof(said), format, args);
}

/* Both halves of each call are seen, and no more once the link is gone. */
static void check_sessions(struct user_probes_bpf *skel, const char *path)
{
	static const char *names[] = { "probed_two" };
	LIBBPF_OPTS(bpf_uprobe_multi_opts, opts, .syms = names, .cnt = 1, .session = true);
	volatile __u64 *entries = &skel->bss->session_entries, *returns = &skel->bss->session_returns;
	struct bpf_link *link;

	if (!has_sessions())
		return;
	link = bpf_program__attach_uprobe_multi(skel->progs.on_session, -1, path, NULL, &opts);
	CHECK(link);
	WAIT_FOR(NOW(skel, *entries) > 0 && *returns > 0);
	CHECK(bpf_link__destroy(link) == 0);
	/* One call may be on its way. */
	wasm_bpf_skeleton_sync(skel);
	CHECK(*returns <= *entries && *entries - *returns <= 1);
}

/* A program of sessions is none for plain multi-probes. */
static void check_no_sessions(const char *path)
{
	struct user_probes_bpf *skel = user_probes_bpf__open();
	int result;

	CHECK(skel);
	CHECK(bpf_program__set_autoload(skel->progs.on_session, true) == 0);
	libbpf_set_print(keep);
	result = user_probes_bpf__load(skel);
	if (!result) {
		static const char *names[] = { "probed_two" };
		LIBBPF_OPTS(bpf_uprobe_multi_opts, opts, .syms = names, .cnt = 1, .session = true);

		CHECK(!bpf_program__attach_uprobe_multi(skel->progs.on_session, -1, path, NULL, &opts));
	}
	CHECK(strstr(said, "(it came with Linux 6.13)"));
	libbpf_set_print(NULL);
	user_probes_bpf__destroy(skel);
}

int main(int argc, char **argv)
{
	CHECK(argc == 5);
	const char *path = argv[1];
	const pid_t pid = atoi(argv[2]);
	const unsigned long offset = strtoul(argv[3], NULL, 0), counter = strtoul(argv[4], NULL, 0);
	struct user_probes_bpf *skel = user_probes_bpf__open();
	struct bpf_link *links[places] = { 0 };

	CHECK(skel);
	CHECK(bpf_program__set_autoload(skel->progs.on_session, has_sessions()) == 0);
	CHECK(user_probes_bpf__load(skel) == 0);
	if (!has_sessions())
		check_no_sessions(path);
	LIBBPF_OPTS(bpf_uprobe_opts, uprobe, .func_name = "probed_one", .bpf_cookie = by_name);
	links[by_name] = bpf_program__attach_uprobe_opts(skel->progs.on_function, -1, path, 0, &uprobe);
	uprobe.bpf_cookie = at_return;
	uprobe.retprobe = true;
	links[at_return] = bpf_program__attach_uprobe_opts(skel->progs.on_function, -1, path, 0, &uprobe);
	uprobe.retprobe = false;
	uprobe.func_name = NULL;
	uprobe.bpf_cookie = by_offset;
	links[by_offset] = bpf_program__attach_uprobe_opts(skel->progs.on_function, -1, path, offset, &uprobe);
	uprobe.bpf_cookie = of_process;
	links[of_process] = bpf_program__attach_uprobe_opts(skel->progs.on_function, pid, path, offset, &uprobe);
	uprobe.bpf_cookie = of_other_process;
	links[of_other_process] = bpf_program__attach_uprobe_opts(skel->progs.on_function, 1, path, offset, &uprobe);
	/* Of one instruction there is one counter: a function that nothing else probes. */
	uprobe.func_name = "counted_probe";
	uprobe.bpf_cookie = with_counter;
	uprobe.ref_ctr_offset = counter;
	links[with_counter] = bpf_program__attach_uprobe_opts(skel->progs.on_function, -1, path, 0, &uprobe);

	static const char *names[] = { "probed_one", "probed_two" };
	static const __u64 cookies[] = { listed_one, listed_two };
	const __u64 one_cookie[] = { by_offsets }, return_cookie[] = { multi_return };
	const unsigned long offsets[] = { offset };
	LIBBPF_OPTS(bpf_uprobe_multi_opts, listed, .syms = names, .cookies = cookies, .cnt = 2);
	links[listed_one] = bpf_program__attach_uprobe_multi(skel->progs.on_functions, -1, path, NULL, &listed);
	LIBBPF_OPTS(bpf_uprobe_multi_opts, at_offsets, .offsets = offsets, .cookies = one_cookie, .cnt = 1);
	links[by_offsets] = bpf_program__attach_uprobe_multi(skel->progs.on_functions, pid, path, NULL, &at_offsets);
	LIBBPF_OPTS(bpf_uprobe_multi_opts, returns, .syms = names, .cookies = return_cookie, .cnt = 1, .retprobe = true);
	links[multi_return] = bpf_program__attach_uprobe_multi(skel->progs.on_functions, -1, path, NULL, &returns);
	/* A pattern takes no cookies: these runs count as cookie 0. */
	links[by_pattern] = bpf_program__attach_uprobe_multi(skel->progs.on_functions, -1, path, "probed_*", NULL);
	LIBBPF_OPTS(bpf_usdt_opts, usdt, .usdt_cookie = 77);
	links[0] = bpf_program__attach_usdt(skel->progs.on_probe, pid, path, "wasm_bpf_test", "tick", &usdt);

	for (int place = 0; place < places; place++)
		CHECK(links[place] || place == listed_two);
	printf("attached\n");
	fflush(stdout);
	volatile __u64 *runs = (volatile __u64 *)skel->bss->runs;
	for (int place = 0; place < places; place++)
		if (place != of_other_process && place != by_pattern)
			WAIT_FOR(NOW(skel, runs[place]) > 0);
	WAIT_FOR(NOW(skel, skel->bss->usdt_runs) > 0);
	CHECK(runs[of_other_process] == 0);
	check_sessions(skel, path);
	CHECK(skel->bss->usdt_cookie_seen == 77 && skel->bss->usdt_argument == 42);
	for (int place = 0; place < places; place++)
		CHECK(bpf_link__destroy(links[place]) == 0);
	const __u64 before = NOW(skel, runs[by_name]);
	printf("detached\n");
	fflush(stdout);
	/* What still counts after the next attachment does was left attached. */
	const __u64 again[] = { 15 };
	LIBBPF_OPTS(bpf_uprobe_multi_opts, other, .syms = names, .cookies = again, .cnt = 1);
	struct bpf_link *last = bpf_program__attach_uprobe_multi(skel->progs.on_functions, -1, path, NULL, &other);
	CHECK(last);
	WAIT_FOR(NOW(skel, runs[15]) > 1);
	CHECK(runs[by_name] == before);
	bpf_link__destroy(last);

	CHECK(!bpf_program__attach_uprobe_multi(skel->progs.on_functions, -1, path, "no_such_function_*", NULL));
	CHECK(errno == ENOENT);
	CHECK(!bpf_program__attach_usdt(skel->progs.on_probe, -1, path, "wasm_bpf_test", "no_such_probe", NULL));
	CHECK(errno == ENOENT);
	user_probes_bpf__destroy(skel);
	return 0;
}
