#pragma once
// Uprobes without CAP_SYS_ADMIN. A uprobe by a perf event takes it (kernel/events/core.c: perf_uprobe_event_init), a
// multi-uprobe link of one place, which does the same, only CAP_PERFMON.

#include "bpf/attach_error.hpp"

struct bpf_object;

namespace wasm_bpf::bpf {

[[nodiscard]] bool kernel_has_uprobe_multi();

// Before load: makes the object's uprobe programs ready for such links where this process needs them.
void prepare_uprobe_links(bpf_object* object);

// Whether that was done to the program, and attaching it so: target of kind uprobe.
[[nodiscard]] bool takes_uprobe_link(const bpf_program* program);
Result<Link> attach_uprobe_link(const Attempt& attempt);

}  // namespace wasm_bpf::bpf
