#pragma once
// What the policy is asked about a performance event.

#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>

#include "host_api/host.hpp"

namespace wasm_bpf::host_api {

[[nodiscard]] inline Result<> check_perf_event(const Host& host, const perf_event_attr& attr, int pid, int cpu) {
    return host.options.policy.check_perf_event(
        {.type = attr.type,
         .pid = pid,
         .cpu = cpu,
         .at_instructions = attr.type == PERF_TYPE_BREAKPOINT && (attr.bp_type & HW_BREAKPOINT_X) != 0});
}

}  // namespace wasm_bpf::host_api
