#pragma once
// Perf events of the kernel, to count by and to attach programs to.

#include <linux/perf_event.h>

#include <cstdint>

#include "bpf/fd.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

// perf_event_open(2); the fd is close-on-exec whatever the flags say. `attr`: as guest_perf_event_attr() checked it. An
// error names what the machine or the process lacks.
[[nodiscard]] Result<Fd> open_perf_event(perf_event_attr attr, int pid, int cpu, int group_fd, std::uint64_t flags);

// Whether this kernel gives perf events, kprobes and tracepoints among them, to CAP_SYS_ADMIN alone: Debian's and
// others' with kernel.perf_event_paranoid above 2, which mainline does not have.
[[nodiscard]] bool perf_events_take_sys_admin();

Result<> enable_perf_event(const Fd& event);
Result<> disable_perf_event(const Fd& event);
Result<> reset_perf_event(const Fd& event);

}  // namespace wasm_bpf::bpf
