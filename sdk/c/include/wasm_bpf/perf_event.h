/* Not in libbpf: what native code does by syscall(__NR_perf_event_open), ioctl() and close(). Perf events are there to
 * attach programs to, to count by, and for the elements of perf event arrays. */
#ifndef WASM_BPF_PERF_EVENT_H
#define WASM_BPF_PERF_EVENT_H

#include <linux/perf_event.h>
#include <sys/types.h>

#include <wasm_bpf/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

/* As perf_event_open(2): `group` is another event or -1; with PERF_FLAG_PID_CGROUP, `pid` is what wasm_bpf_cgroup() gave.
 * wasm_bpf_read() reads its count, wasm_bpf_close() ends it. -1 with errno where it fails. */
int wasm_bpf_perf_event(const struct perf_event_attr *attr, pid_t pid, int cpu, int group, unsigned long flags);

int wasm_bpf_perf_event_enable(int event);
int wasm_bpf_perf_event_disable(int event);
int wasm_bpf_perf_event_reset(int event);

#ifdef __cplusplus
}
#endif

#endif
