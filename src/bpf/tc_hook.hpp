#pragma once
// Traffic control's hooks: whether the kernel has tcx, and the older filters on a clsact queueing discipline.

#include <cstdint>
#include <expected>
#include <string>

#include "bpf/link.hpp"

namespace wasm_bpf::bpf {

[[nodiscard]] bool kernel_has_tcx(int interface_index);

struct TcFilter {
    int interface_index;
    std::uint32_t place;     // BPF_TC_INGRESS or BPF_TC_EGRESS
    std::uint32_t handle;    // 0: the kernel chooses
    std::uint32_t priority;  // 0: the kernel chooses
};

// Adds the filter, and the queueing discipline first where the interface has none. Detaching removes the filter, and
// that discipline if this process made it and no filter is left on it. Both must be done in the same network namespace.
// The error is a positive errno value.
std::expected<Link, int> attach_tc_filter(int program_fd, const TcFilter& filter);

// For left_overs.hpp: removes the filter of a record, where it is as recorded, and says what it was.
std::string remove_left_tc_filter(const std::string& record);

}  // namespace wasm_bpf::bpf
