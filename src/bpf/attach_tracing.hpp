#pragma once
// How programs attach that trace: probes, tracepoints, perf events, iterators.

#include "bpf/attach_error.hpp"

namespace wasm_bpf::bpf {

Result<Link> attach_kprobe(const Attempt& attempt);
Result<Link> attach_uprobe(const Attempt& attempt);
Result<Link> attach_tracepoint(const Attempt& attempt);
Result<Link> attach_raw_tracepoint(const Attempt& attempt);

}  // namespace wasm_bpf::bpf
