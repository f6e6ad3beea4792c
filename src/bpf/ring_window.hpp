#pragma once
// Kernel memory mapped over part of a guest's linear memory: the windows of design "zero copy".

#include <cstddef>
#include <span>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

class Map;

// Bytes of guest memory that the window of a ring buffer or user ring buffer takes: consumer page, producer page, twice
// the data (kernel/bpf/ringbuf.c: ringbuf_map_mmap_user). 0 where the map is neither.
[[nodiscard]] std::size_t ring_window_bytes(const Map& map);

// Maps it over `memory` (page-aligned, exactly ring_window_bytes): of a ring buffer the consumer page read-write and
// the rest read-only, of a user ring buffer the consumer page read-only and the rest read-write. On failure the memory
// is as it was, save its content. Undo with unmap_window.
Result<> map_ring_window(const Map& map, std::span<std::byte> memory);

// Puts ordinary zeroed private memory back.
void unmap_window(std::span<std::byte> memory) noexcept;

}  // namespace wasm_bpf::bpf
