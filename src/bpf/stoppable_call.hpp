#pragma once
// A system call that may take for ever and knows no other end than a signal.

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

enum class CallEnd { returned, stopped };

// Runs `call(context)` to its end, or until `stop_fd` becomes readable. It runs in a process of its own that shares
// this one's memory and descriptors, so that it can be killed without a signal to this process: `call` must do nothing
// that cannot be cut off (no lock, no allocation) but its system call. No zombie stays behind, and nobody else's wait
// sees it.
[[nodiscard]] Result<CallEnd> stoppable_call(void (*call)(void*), void* context, int stop_fd);

}  // namespace wasm_bpf::bpf
