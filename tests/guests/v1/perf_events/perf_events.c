/* Perf events: counting, sampling by a program, as elements of a perf event array, and what a guest may not open. */
#include <bpf/libbpf.h>

#include "check.h"
#include "wait.h"

#include "perf_events.skel.h"

static void expect_refused(struct perf_event_attr *attr, int group, int error)
{
	errno = 0;
	CHECK(wasm_bpf_perf_event(attr, 0, -1, group, 0) == -1);
	CHECK(errno == error);
}

int main(void)
{
	struct perf_events_bpf *skel = perf_events_bpf__open_and_load();
	struct perf_event_attr counting = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_TASK_CLOCK,
		.size = sizeof(counting),
		.disabled = 1,
	};
	struct perf_event_attr sampling = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.size = sizeof(sampling),
		.sample_period = 100000,
	};
	__u64 first = 0, second = 0;
	volatile int busy;

	CHECK(skel);
	int counter = wasm_bpf_perf_event(&counting, 0, -1, -1, 0);
	CHECK(counter > 0);
	CHECK(wasm_bpf_read(counter, &first, sizeof(first)) == sizeof(first) && first == 0);
	CHECK(wasm_bpf_perf_event_enable(counter) == 0);
	for (busy = 0; busy < 1000000; busy++)
		;
	CHECK(wasm_bpf_read(counter, &first, sizeof(first)) == sizeof(first) && first > 0);
	CHECK(wasm_bpf_perf_event_disable(counter) == 0);
	CHECK(wasm_bpf_read(counter, &first, sizeof(first)) == sizeof(first));
	CHECK(wasm_bpf_read(counter, &second, sizeof(second)) == sizeof(second) && first == second);
	CHECK(wasm_bpf_perf_event_reset(counter) == 0);
	CHECK(wasm_bpf_read(counter, &second, sizeof(second)) == sizeof(second) && second < first);
	CHECK(wasm_bpf_perf_event_enable(counter) == 0);
	int member = wasm_bpf_perf_event(&counting, 0, -1, counter, 0);
	CHECK(member > 0);

	/* The program's event and the one that it reads from the array must be of this CPU or of this thread. */
	const __u32 key = 1;
	CHECK(bpf_map_update_elem(bpf_map__fd(skel->maps.events), &key, &counter, BPF_ANY) == 0);
	int sampler = wasm_bpf_perf_event(&sampling, 0, -1, -1, 0);
	CHECK(sampler > 0);
	LIBBPF_OPTS(bpf_perf_event_opts, opts, .bpf_cookie = 0x1234567890);
	struct bpf_link *link = bpf_program__attach_perf_event_opts(skel->progs.on_sample, sampler, &opts);
	CHECK(link);
	volatile __u64 *samples = &skel->bss->samples;
	for (long i = 0; NOW(skel, *samples) < 3 && i < 100000000; i++)
		busy = i;
	CHECK(*samples >= 3);
	CHECK(skel->bss->cookie_seen == 0x1234567890);
	CHECK(bpf_link__destroy(link) == 0);
	/* The link did not take the event over. */
	CHECK(wasm_bpf_read(sampler, &first, sizeof(first)) == sizeof(first));
	opts.dont_enable = true;
	CHECK(wasm_bpf_perf_event_disable(sampler) == 0);
	link = bpf_program__attach_perf_event_opts(skel->progs.on_sample, sampler, &opts);
	CHECK(link);
	CHECK(wasm_bpf_read(sampler, &first, sizeof(first)) == sizeof(first));
	CHECK(wasm_bpf_read(sampler, &second, sizeof(second)) == sizeof(second) && first == second);
	bpf_link__destroy(link);

	struct perf_event_attr bad = counting;
	bad.type = 6; /* the first of the kernel's dynamic sources, as kprobe and uprobe */
	expect_refused(&bad, -1, ENOTSUP);
	bad = counting;
	bad.sigtrap = bad.remove_on_exec = 1;
	expect_refused(&bad, -1, ENOTSUP);
	bad = counting;
	bad.size = 4096;
	expect_refused(&bad, -1, E2BIG);
	bad.size = 8;
	expect_refused(&bad, -1, EINVAL);
	expect_refused(&counting, 12345, EBADF);
	expect_refused(&counting, bpf_program__fd(skel->progs.on_sample), EBADF);
	CHECK(wasm_bpf_perf_event(&counting, 0, -1, -1, PERF_FLAG_PID_CGROUP) == -1 && errno == EBADF);
	CHECK(wasm_bpf_perf_event(&counting, 0, -1, -1, 0x1000) == -1 && errno == EINVAL);
	CHECK(!bpf_program__attach_perf_event(skel->progs.on_sample, bpf_map__fd(skel->maps.events)) && errno == EBADF);
	int map = bpf_map__fd(skel->maps.events);
	CHECK(bpf_map_update_elem(map, &key, &map, BPF_ANY) < 0 && errno == EBADF);
	CHECK(wasm_bpf_close(member) == 0 && wasm_bpf_close(counter) == 0 && wasm_bpf_close(sampler) == 0);
	CHECK(wasm_bpf_read(counter, &first, sizeof(first)) == -1 && errno == EBADF);
	perf_events_bpf__destroy(skel);
	return 0;
}
