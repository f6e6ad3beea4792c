/* Probes in the kernel, by every way to name their places: kernel_probes [single]. With
 * `single` the kernel is one that can put no probe on many functions. Something must sleep and open
 * files again and again meanwhile. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <unistd.h>
#include <wasm_bpf/abi.h>
#include <wasm_bpf/kernel_facts.h>
#include <wasm_bpf/probes.h>

#include "check.h"
#include "wait.h"

#include "kernel_probes.skel.h"

enum { by_name = 1, at_return, by_pattern, listed_one, listed_two, at_returns, system_call, system_call_return, entry,
       exit_, opened, decided, by_address, session, places };

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
	return place == by_pattern || place == listed_one || place == listed_two || place == at_returns ||
	       place == by_address;
}

static struct bpf_link *attach_by_address(struct kernel_probes_bpf *skel)
{
	static const __u64 cookies[] = { by_address };
	const uint64_t addresses[] = { wasm_bpf_kernel_symbol_address("do_nanosleep") };
	LIBBPF_OPTS(bpf_kprobe_multi_opts, opts, .cookies = cookies, .cnt = 1);

	CHECK(addresses[0]);
	return wasm_bpf_program_attach_kprobe_multi(skel->progs.on_functions, addresses, &opts);
}

/* An LSM program of a cgroup sees what its processes do, the host's own process among them. */
static void watch_binds(struct kernel_probes_bpf *skel)
{
	struct wasm_bpf_socket_options options = { .size = sizeof(options), .family = 2, .type = 2 };
	struct sockaddr_in {
		uint16_t family, port;
		uint8_t address[12];
	} address = { .family = 2 };
	const int cgroup = wasm_bpf_cgroup("/sys/fs/cgroup");
	struct bpf_link *link = bpf_program__attach_cgroup(skel->progs.on_bind, cgroup);

	CHECK(link);
	CHECK(close(cgroup) == 0);
	options.address = (wasm_bpf_ptr)(uintptr_t)&address;
	options.address_size = sizeof(address);
	CHECK(wasm_bpf_socket_open(&options) > 0);
	CHECK(skel->bss->binds == 1);
	CHECK(bpf_link__destroy(link) == 0);
	CHECK(wasm_bpf_socket_open(&options) > 0);
	CHECK(skel->bss->binds == 1);
}

static struct bpf_link_info info_of(const struct bpf_link *link)
{
	struct bpf_link_info info = { 0 };
	__u32 size = sizeof(info);

	CHECK(bpf_link_get_info_by_fd(bpf_link__fd(link), &info, &size) == 0);
	CHECK(info.id && info.prog_id);
	return info;
}

/* Newer kernels say more: `newer`, with multi-probes, is 6.12. */
static void check_infos(struct bpf_link *const *links, bool newer)
{
	CHECK(info_of(links[by_name]).type == BPF_LINK_TYPE_PERF_EVENT);
	CHECK(info_of(links[entry]).type == BPF_LINK_TYPE_TRACING);
	CHECK(info_of(links[entry]).tracing.attach_type == BPF_TRACE_FENTRY);
	CHECK(info_of(links[exit_]).tracing.attach_type == BPF_TRACE_FEXIT);
	CHECK(info_of(links[decided]).tracing.attach_type == BPF_MODIFY_RETURN);
	CHECK(info_of(links[decided]).tracing.target_btf_id);
	CHECK(info_of(links[opened]).tracing.attach_type == BPF_LSM_MAC);
	if (!newer)
		return;
	CHECK(info_of(links[by_name]).perf_event.type == BPF_PERF_EVENT_KPROBE);
	CHECK(info_of(links[by_name]).perf_event.kprobe.addr == wasm_bpf_kernel_symbol_address("do_nanosleep"));
	CHECK(info_of(links[at_return]).perf_event.type == BPF_PERF_EVENT_KRETPROBE);
	CHECK(info_of(links[listed_one]).type == BPF_LINK_TYPE_KPROBE_MULTI);
	CHECK(info_of(links[listed_one]).kprobe_multi.count == 2);
	CHECK(info_of(links[by_address]).kprobe_multi.count == 1);
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
	trace.cookie = decided;
	links[decided] = bpf_program__attach_trace_opts(skel->progs.on_decision, &trace);
	links[by_address] = attach_by_address(skel);
	for (int place = 1; place < session; place++)
		CHECK(links[place] || place == listed_two || (!multi && is_multi(place)));
	attach_sessions(skel, multi, &links[session]);
	check_infos(links, multi);
	watch_binds(skel);
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
