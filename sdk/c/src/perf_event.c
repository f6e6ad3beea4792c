/* Perf events. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>
#include <wasm_bpf/perf_event.h>

#include "attach_options.h"

/* `pfd` is what wasm_bpf_perf_event() gave. Unlike libbpf's, the link does not take it over: close both. */
struct bpf_link *bpf_program__attach_perf_event_opts(const struct bpf_program *program, int pfd,
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

struct bpf_link *bpf_program__attach_perf_event(const struct bpf_program *program, int pfd)
{
	return bpf_program__attach_perf_event_opts(program, pfd, NULL);
}


int wasm_bpf_perf_event(const struct perf_event_attr *attr, pid_t pid, int cpu, int group,
				      unsigned long flags)
{
	const uint32_t size = attr->size ? attr->size : PERF_ATTR_SIZE_VER0; /* as the kernel takes it */
	int result = wasm_bpf__explain(
		wasm_bpf_perf_event_open(attr, size, pid, cpu, group == -1 ? 0 : group, flags));

	return result >= 0 ? result : -1;
}

int wasm_bpf_perf_event_enable(int event)
{
	return wasm_bpf__explain(wasm_bpf_perf_event_control(event, WASM_BPF_PERF_EVENT_ENABLE));
}

int wasm_bpf_perf_event_disable(int event)
{
	return wasm_bpf__explain(wasm_bpf_perf_event_control(event, WASM_BPF_PERF_EVENT_DISABLE));
}

int wasm_bpf_perf_event_reset(int event)
{
	return wasm_bpf__explain(wasm_bpf_perf_event_control(event, WASM_BPF_PERF_EVENT_RESET));
}
