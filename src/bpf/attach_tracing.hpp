#pragma once
// How programs attach that trace: probes, tracepoints, perf events, iterators.

#include "bpf/attach_error.hpp"

namespace wasm_bpf::bpf {

Result<Link> attach_kprobe(const Attempt& attempt);
Result<Link> attach_kprobe_multi(const Attempt& attempt);
Result<Link> attach_ksyscall(const Attempt& attempt);
Result<Link> attach_uprobe(const Attempt& attempt);
Result<Link> attach_uprobe_multi(const Attempt& attempt);
Result<Link> attach_usdt(const Attempt& attempt);
Result<Link> attach_tracepoint(const Attempt& attempt);
Result<Link> attach_raw_tracepoint(const Attempt& attempt);
Result<Link> attach_perf_event(const Attempt& attempt);
Result<Link> attach_trace(const Attempt& attempt);
Result<Link> attach_freplace(const Attempt& attempt);
Result<Link> attach_iterator(const Attempt& attempt);

}  // namespace wasm_bpf::bpf
