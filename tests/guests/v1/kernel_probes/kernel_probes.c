/* Probes in the kernel, by every way to name their places: kernel_probes [single]. With
 * `single` the kernel is one that can put no probe on many functions. Something must sleep and open
 * files again and again meanwhile. */
#include <bpf/libbpf.h>

#include "check.h"
#include "wait.h"

#include "kernel_probes.skel.h"

enum { by_name = 1, at_return, by_pattern, listed_one, listed_two, at_returns, system_call, system_call_return, entry,
       exit_, opened, session, places };

static char said[1024];

static int keep(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	return vsnprintf(said, sizeof(said), format, args);
}

static void attach_sessions(struct kernel_probes_bpf *skel, bool exist, struct bpf_link **link)
{
	static const char *names[] = { "do_nanosleep" };
	static const __u64 cookies[] = { session };
	LIBBPF_OPTS(bpf_kprobe_multi_opts, opts, .syms = names, .cookies = cookies, .cnt = 1, .session = true);

	*link = bpf_program__attach_kprobe_multi_opts(skel->progs.on_session, NULL, &opts);
	if (exist) {
		CHECK(*link);
		return;
	}
	CHECK(!*link && errno == EINVAL);
	CHECK(strstr(said, "this kernel has no sessions of kprobes (it came with Linux 6.10)"));
}

static bool is_multi(int place)
{
	return place == by_pattern || place == listed_one || place == listed_two || place == at_returns;
}

int main(int argc, char **argv)
{
	const bool multi = !(argc > 1 && !strcmp(argv[1], "single"));
	struct kernel_probes_bpf *skel = kernel_probes_bpf__open();
	struct bpf_link *links[places] = { 0 };

	CHECK(skel);
	CHECK(bpf_program__set_autoload(skel->progs.on_session, true) == 0);
	CHECK(bpf_program__set_attach_target(skel->progs.on_entry, 0, "do_nanosleep") == 0);
	CHECK(kernel_probes_bpf__load(skel) == 0);

	LIBBPF_OPTS(bpf_kprobe_opts, kprobe, .bpf_cookie = by_name);
	links[by_name] = bpf_program__attach_kprobe_opts(skel->progs.on_function, "do_nanosleep", &kprobe);
	kprobe.bpf_cookie = at_return;
	kprobe.retprobe = true;
	links[at_return] = bpf_program__attach_kprobe_opts(skel->progs.on_function, "do_nanosleep", &kprobe);

	static const char *names[] = { "do_nanosleep", "hrtimer_nanosleep" };
	static const __u64 cookies[] = { listed_one, listed_two }, one_cookie[] = { at_returns };
	LIBBPF_OPTS(bpf_kprobe_multi_opts, listed, .syms = names, .cookies = cookies, .cnt = 2);
	if (!multi)
		libbpf_set_print(keep);
	links[listed_one] = bpf_program__attach_kprobe_multi_opts(skel->progs.on_functions, NULL, &listed);
	LIBBPF_OPTS(bpf_kprobe_multi_opts, returning, .syms = names, .cookies = one_cookie, .cnt = 1, .retprobe = true);
	links[at_returns] = bpf_program__attach_kprobe_multi_opts(skel->progs.on_functions, NULL, &returning);
	/* A pattern takes no cookies: these runs count as cookie 0. */
	links[by_pattern] = bpf_program__attach_kprobe_multi_opts(skel->progs.on_functions, "do_nanosl*", NULL);
	if (!multi)
		CHECK(!links[by_pattern] && strstr(said, "this kernel has no multi-kprobes (CONFIG_FPROBE)"));

	LIBBPF_OPTS(bpf_ksyscall_opts, ksyscall, .bpf_cookie = system_call);
	links[system_call] = bpf_program__attach_ksyscall(skel->progs.on_call, "openat", &ksyscall);
	ksyscall.bpf_cookie = system_call_return;
	ksyscall.retprobe = true;
	links[system_call_return] = bpf_program__attach_ksyscall(skel->progs.on_call, "openat", &ksyscall);

	LIBBPF_OPTS(bpf_trace_opts, trace, .cookie = entry);
	links[entry] = bpf_program__attach_trace_opts(skel->progs.on_entry, &trace);
	trace.cookie = exit_;
	links[exit_] = bpf_program__attach_trace_opts(skel->progs.on_exit, &trace);
	trace.cookie = opened;
	links[opened] = bpf_program__attach_trace_opts(skel->progs.on_open, &trace);
	for (int place = 1; place < session; place++)
		CHECK(links[place] || place == listed_two || (!multi && is_multi(place)));
	attach_sessions(skel, multi, &links[session]);
	printf("attached\n");
	fflush(stdout);
	volatile __u64 *runs = (volatile __u64 *)skel->bss->runs;
	for (int place = 0; place < places; place++)
		if (place != by_pattern && (multi || !(is_multi(place) || place == 0 || place == session)))
			WAIT_FOR(runs[place] > 0);
	for (int place = 1; place < places; place++)
		CHECK(bpf_link__destroy(links[place]) == 0);

	libbpf_set_print(keep);
	CHECK(!bpf_program__attach_kprobe(skel->progs.on_function, false, "no_such_function"));
	CHECK(errno == ENOENT && strstr(said, "kernel function \"no_such_function\""));
	CHECK(!bpf_program__attach_kprobe_multi_opts(skel->progs.on_functions, "no_such_function_*", NULL));
	CHECK(errno == ENOENT);
	kernel_probes_bpf__destroy(skel);
	printf("done\n");
	return 0;
}
