#pragma once
// Where a ring buffer's consumer and producer are, without a window of it.

#include <cstdint>

#include "bpf/fd.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

struct RingPositionPair {
    std::uint64_t consumer, producer;  // bytes since the start
};

// Of a BPF_MAP_TYPE_RINGBUF. Maps its first pages for the time of the call, so that any thread may ask.
[[nodiscard]] Result<RingPositionPair> ring_positions(const Fd& map);

}  // namespace wasm_bpf::bpf
