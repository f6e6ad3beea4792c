#pragma once
// struct perf_event_attr as a guest gives it.

#include <linux/perf_event.h>

#include <cstddef>
#include <span>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

// Takes an attr of any version of the kernel's, its `size` member apart. EINVAL, E2BIG where it has members that this
// host does not know; EOPNOTSUPP for types that a driver adds at run time (their members may be pointers) and for
// signals to the host.
[[nodiscard]] Result<perf_event_attr> guest_perf_event_attr(std::span<const std::byte> bytes);
// The same, with its `size` member heeded as perf_event_open(2) does: 0 stands for the first version's; E2BIG where it
// says more than there is.
[[nodiscard]] Result<perf_event_attr> sized_perf_event_attr(std::span<const std::byte> bytes);

}  // namespace wasm_bpf::bpf
