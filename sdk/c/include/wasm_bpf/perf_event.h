/* Perf events: to attach programs to, to count by, and for the elements of perf event arrays. Part of
 * <bpf/libbpf.h>. */
#ifndef WASM_BPF_PERF_EVENT_H
#define WASM_BPF_PERF_EVENT_H

#include <linux/perf_event.h>

#include <wasm_bpf/attach.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bpf_perf_event_opts {
	size_t sz;
	__u64 bpf_cookie;
	bool force_ioctl_attach; /* the host's choice */
	bool dont_enable;
};

/* `pfd` is what wasm_bpf_perf_event() gave. Unlike libbpf's, the link does not take it over: close both. */
LIBBPF_API struct bpf_link *bpf_program__attach_perf_event_opts(const struct bpf_program *program, int pfd,
								const struct bpf_perf_event_opts *opts)
{
	struct wasm_bpf_attach_options options = wasm_bpf__attach_options(WASM_BPF_ATTACH_PERF_EVENT, NULL, NULL);

	options.handle = pfd;
	if (opts) {
		options.cookie = opts->bpf_cookie;
		options.flags = opts->dont_enable ? WASM_BPF_ATTACH_LEAVE_DISABLED : 0;
	}
	return wasm_bpf__attach(program, options);
}

LIBBPF_API struct bpf_link *bpf_program__attach_perf_event(const struct bpf_program *program, int pfd)
{
	return bpf_program__attach_perf_event_opts(program, pfd, NULL);
}

/* Not in libbpf: what native code does by syscall(__NR_perf_event_open), ioctl() and close(). */

/* As perf_event_open(2): `group` is another event or -1; with PERF_FLAG_PID_CGROUP, `pid` is what wasm_bpf_cgroup() gave.
 * wasm_bpf_read() reads its count, wasm_bpf_close() ends it. -1 with errno where it fails. */
static inline int wasm_bpf_perf_event(const struct perf_event_attr *attr, pid_t pid, int cpu, int group,
				      unsigned long flags)
{
	int result = wasm_bpf__explain(
		wasm_bpf_perf_event_open(attr, sizeof(*attr), pid, cpu, group == -1 ? 0 : group, flags));

	return result >= 0 ? result : -1;
}

static inline int wasm_bpf_perf_event_enable(int event)
{
	return wasm_bpf__explain(wasm_bpf_perf_event_control(event, WASM_BPF_PERF_EVENT_ENABLE));
}

static inline int wasm_bpf_perf_event_disable(int event)
{
	return wasm_bpf__explain(wasm_bpf_perf_event_control(event, WASM_BPF_PERF_EVENT_DISABLE));
}

static inline int wasm_bpf_perf_event_reset(int event)
{
	return wasm_bpf__explain(wasm_bpf_perf_event_control(event, WASM_BPF_PERF_EVENT_RESET));
}

#ifdef __cplusplus
}
#endif

#endif
