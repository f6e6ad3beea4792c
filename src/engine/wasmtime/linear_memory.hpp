#pragma once
// Linear memory of our own: on a 4 GiB boundary, so that the low half of a host address is the guest's pointer
// (arenas), and grown in place, so that the windows mapped into it stay.

#include <wasmtime.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace wasm_bpf::engine {

struct LinearMemory {
    std::byte* base;
    std::size_t size;      // bytes that the guest may use
    std::size_t capacity;  // bytes that it can grow to
    std::byte* mapping;    // the whole reservation, guard included
    std::size_t mapping_size;
    std::atomic<std::uint64_t>* told = nullptr;  // its size, for any thread
};

// Makes `config` take every linear memory from here. Thread-safe.
void use_own_linear_memory(wasm_config_t* config);

// The memory that the last instantiation on this thread made, whose size `told` has from then on (may be null); null
// where it made none.
[[nodiscard]] LinearMemory* take_created_memory(std::atomic<std::uint64_t>* told = nullptr);

}  // namespace wasm_bpf::engine
